-- The facts that a keeper needs, after a write: a server that refuses writes is not worth a refresh. KEYS: lease, position, epoch,
-- the key that is written, and head. Returns server, lease, position and epoch, empty where there is none, and the head. A lease
-- whose head was lost counts as none: see `poll.lua`.
redis.call('SET', KEYS[4], '1', 'EX', 60)
local lease, head = redis.call('GET', KEYS[1]) or '', tonumber(redis.call('GET', KEYS[5])) or 0
local term = string.match(lease, '^(%d+) ')
if term and head < term * 4294967296 then lease = '' end
return {server(), lease, redis.call('GET', KEYS[2]) or '', redis.call('GET', KEYS[3]) or '', head}
