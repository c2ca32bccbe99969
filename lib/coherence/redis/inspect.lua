-- The facts that a keeper needs, after a write: a server that refuses writes is not worth a refresh. KEYS: lease, position, epoch,
-- the key that is written, and head. Returns server, lease, position and epoch, empty where there is none, the head, and the commits
-- that are to be folded. A lease whose head was lost counts as none, as one without a position: see `poll.lua` and `shown.lua`.
redis.call('SET', KEYS[4], '1', 'EX', 60)
local hashes, isWhole, position = shownIn(redis.call('GET', KEYS[2]))
if not isWhole then
  redis.call('DEL', KEYS[2])
  hashes, position = {}, ''
end
local lease, head = redis.call('GET', KEYS[1]) or '', tonumber(redis.call('GET', KEYS[5])) or 0
local term = string.match(lease, '^(%d+) ')
if term and (head < term * 4294967296 or position == '') then lease = '' end
return {server(), lease, position, redis.call('GET', KEYS[3]) or '', head, hashes}
