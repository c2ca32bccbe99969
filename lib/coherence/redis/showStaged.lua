-- Raises all versions of a commit at once: no reader sees a part of them. `stage.lua` has worked out what each tag will hold, so that
-- 40,000 tags keep the server for a tenth of a second. KEYS: lease, head, log, the claim of a process that applies a large
-- part of the outbox, the list. ARGV: lifetime in seconds, entries that the log keeps, the holder of the claim, how many tags the list
-- must have: one that lost some, or all, changes nothing. Returns term and nonce of the lease, 0 when it does not live here,
-- and how many tags were raised: -1 when nothing was changed. The tags are of the slot of the list.
local term, nonce = living(redis.call('GET', KEYS[1]))
local count = tonumber(ARGV[4])
if term == 0 or redis.call('LLEN', KEYS[5]) ~= 3 * count then return {term, nonce, -1} end
redis.call('SET', KEYS[4], ARGV[3], 'PX', 1000, 'NX')
local PART = 3000
local lifetime = tonumber(ARGV[1])
for from = 0, 3 * count - 1, PART do
  local staged = redis.call('LRANGE', KEYS[5], from, from + PART - 1)
  local names = {}
  for i = 1, #staged, 3 do table.insert(names, staged[i]) end
  local held = redis.call('MGET', unpack(names))
  -- Keys that were filled together expire apart.
  local seconds = string.format('%.0f', lifetime + from % math.ceil(lifetime / 10))
  for i, name in ipairs(names) do
    local before, after = staged[3 * i - 1], staged[3 * i]
    if (held[i] or '') == before then
      redis.call('SET', name, after, 'EX', seconds)
    else -- revalidated, or raised, since it was staged
      local _, wanted, _, _, _, _, payload = parsed(after)
      local _, v, e, s, d, n = parsed(held[i])
      if wanted > v then write(name, wanted, e, s, d, n, payload, seconds) end
    end
  end
end
redis.call('UNLINK', KEYS[5])
local head = (tonumber(redis.call('GET', KEYS[2])) or 0) + 1
redis.call('SET', KEYS[2], string.format('%.0f', head))
writeLog(KEYS[3], head, {}, tonumber(ARGV[2]))
return {term, nonce, count}
