-- Prepares versions that a transaction is about to commit: what each tag will hold then. KEYS: the hash that takes them, then tags.
-- ARGV: milliseconds that it lives, then for each tag a version and its payload, '' when that is not known. `showStaged.lua` shows them
-- all at once. Returns how many tags the hash has.
for i = 2, #KEYS do
  redis.call('HSET', KEYS[1], KEYS[i], textOf(tonumber(ARGV[2 * i - 2]), 0, 0, 0, 0, ARGV[2 * i - 1]))
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return redis.call('HLEN', KEYS[1])
