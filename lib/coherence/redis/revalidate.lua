-- Revalidates tags: entries that began at or before the head as it is now are outdated. KEYS: lease, head, log, then tags. ARGV:
-- lifetime in seconds; entries that the log keeps; microseconds until the old entries are gone, 0 for at once; how many of the tags, the first ones, were
-- named with a version: of these only the entries that carry none are meant, the others are judged by the version. A later,
-- gentler call does not bring back what an earlier one expired. Returns name and nonce of the lease, '' and 0 when it does not
-- live here.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local head = math.max(tonumber(redis.call('GET', KEYS[2])) or 0, 1)
local grace = tonumber(ARGV[3])
local names = {}
for i = 4, #KEYS do
  local key = KEYS[i]
  table.insert(names, key)
  local _, v, e, s, d, n, payload = parsed(redis.call('GET', key))
  if d > 0 and d <= now then e = math.max(e, s) end
  if i - 3 <= tonumber(ARGV[4]) then
    write(key, v, e, s, d, head, payload, ARGV[1])
  elseif grace == 0 then
    write(key, v, head, head, 0, n, payload, ARGV[1])
  else
    local deadline = now + grace
    if d > now then deadline = math.min(d, deadline) end
    write(key, v, e, head, deadline, n, payload, ARGV[1])
  end
end
redis.call('SET', KEYS[2], string.format('%.0f', head + 1))
writeLog(KEYS[3], head + 1, names, tonumber(ARGV[2]))
local name, nonce = living(redis.call('GET', KEYS[1]))
return {name, nonce}
