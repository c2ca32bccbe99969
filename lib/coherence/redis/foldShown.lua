-- Brings a part of a commit that was shown to its tags, which changes nothing that a reader sees. After the last part readers do not
-- look into the hash any more, and it is gone. KEYS: position, the hash. ARGV: the server on which the first part was brought, a
-- cursor, '0' at first, how many tags about, lifetime in seconds. Returns the next cursor, '0' at the end, also where there is nothing
-- to do: on another server, for a hash that is not shown (any more), and for one that is not whole.
local hashes, isWhole, own = shownIn(redis.call('GET', KEYS[1]))
local isShown = false
for _, hash in ipairs(hashes) do
  if hash == KEYS[2] then isShown = true end
end
if not isShown or not isWhole or server() ~= ARGV[1] then return '0' end
local found = redis.call('HSCAN', KEYS[2], ARGV[2], 'COUNT', ARGV[3])
local parts = found[2]
for i = 1, #parts, 2 do
  local held = redis.call('GET', parts[i])
  local text = newest(held, parts[i + 1])
  if text ~= held then redis.call('SET', parts[i], text, 'EX', ARGV[4]) end
end
if found[1] == '0' then
  local others = ''
  for _, hash in ipairs(hashes) do
    if hash ~= KEYS[2] then others = string.format('%s%.0f@%s ', others, redis.call('HLEN', hash), hash) end
  end
  redis.call('SET', KEYS[1], others .. own)
  redis.call('UNLINK', KEYS[2])
end
return found[1]
