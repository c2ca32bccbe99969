-- Begins a new generation of the epoch. KEYS: lease, epoch. ARGV: the epoch. Returns name and nonce of the lease, '' and 0 when it
-- does not live here.
raiseEpoch(KEYS[2], ARGV[1])
local name, nonce = living(redis.call('GET', KEYS[1]))
return {name, nonce}
