-- Begins a new generation of the epoch. KEYS: lease, epoch. ARGV: the epoch. Returns term and nonce of the lease, 0 when it does
-- not live here.
raiseEpoch(KEYS[2], ARGV[1])
local term, nonce = living(redis.call('GET', KEYS[1]))
return {term, nonce}
