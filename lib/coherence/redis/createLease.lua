-- Creates the lease of a new term. KEYS: lease, position, epoch, head. ARGV: term, server, milliseconds that it lives, the position
-- that the data set was repaired from, the one that it has now, the epoch, and the first head of the term. Returns whether it was
-- created: the server is the one that the term began with, no other process repaired the data set, and no lease of this term or a later
-- one lives.
if server() ~= ARGV[2] then return 0 end
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[4] then return 0 end
local term = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) ')
if term and tonumber(term) >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1] .. ' 1 ' .. ARGV[2], 'PX', ARGV[3])
redis.call('SET', KEYS[2], ARGV[5])
raiseEpoch(KEYS[3], ARGV[6])
local head = tonumber(redis.call('GET', KEYS[4])) or 0
redis.call('SET', KEYS[4], string.format('%.0f', math.max(head + 1, tonumber(ARGV[7]))))
return 1
