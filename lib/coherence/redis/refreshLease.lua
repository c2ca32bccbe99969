-- Extends a lease that lives, and never creates one. KEYS: lease, position. ARGV: the lease as it was read before the scan of the
-- outbox, milliseconds that it lives from now, the position that the scan has proven. Returns whether it was extended.
local lease = redis.call('GET', KEYS[1])
if lease ~= ARGV[1] then return 0 end
local term, nonce, where = string.match(lease, '^(%d+) (%d+) (.+)$')
if where ~= server() then return 0 end
redis.call('SET', KEYS[1], string.format('%s %.0f %s', term, tonumber(nonce) + 1, where), 'PX', ARGV[2])
redis.call('SET', KEYS[2], ARGV[3])
return 1
