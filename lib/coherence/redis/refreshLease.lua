-- Extends a lease that lives, and never creates one. KEYS: lease, position. ARGV: the lease as it was read before the scan of the
-- outbox, milliseconds that it lives from now, the position that the scan has proven. Without a position the scan has left changes
-- out: then the lease says that the index is behind. Returns whether it was extended.
local lease = redis.call('GET', KEYS[1])
if lease ~= ARGV[1] then return 0 end
local term, nonce, where = string.match(lease, '^(%d+) (%d+) (%S+)')
if where ~= server() then return 0 end
local behind = ARGV[3] == '' and ' behind' or ''
redis.call('SET', KEYS[1], string.format('%s %.0f %s%s', term, tonumber(nonce) + 1, where, behind), 'PX', ARGV[2])
if behind == '' then redis.call('SET', KEYS[2], ARGV[3]) end
return 1
