-- Revalidates tags by Redis' own clock. KEYS: tags. ARGV: lifetime in seconds; microseconds until the old entries are
-- gone, 0 for at once; how many of the tags, the first ones, were named with a version: of these only the entries that
-- carry none are meant, the others are judged by the version. A later, gentler call does not bring back what an earlier
-- one expired.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local grace = tonumber(ARGV[2])
for i, key in ipairs(KEYS) do
  local _, v, e, s, d, n = read(key)
  if d > 0 and d <= now then e = math.max(e, s) end
  if i <= tonumber(ARGV[3]) then
    write(key, v, e, s, d, now, ARGV[1])
  elseif grace == 0 then
    write(key, v, now, now, 0, n, ARGV[1])
  else
    local deadline = now + grace
    if d > now then deadline = math.min(d, deadline) end
    write(key, v, e, now, deadline, n, ARGV[1])
  end
end
return redis.status_reply('OK')
