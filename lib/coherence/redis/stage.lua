-- Prepares versions that a transaction is about to commit: what each tag will hold then. KEYS: the list that takes them, the head, then
-- tags. ARGV: milliseconds that the list lives, then for each tag a version and its payload, '' when that is not known.
-- `showStaged.lua` writes them all at once. Returns how many tags the list has, and the head: changes after it are not looked at here.
for i = 3, #KEYS do
  local wanted, payload = tonumber(ARGV[2 * i - 4]), ARGV[2 * i - 3]
  local _, v, e, s, d, n, held = read(KEYS[i])
  -- The same version is one that this database has lost and uses again: others have seen it with what is held.
  if v >= wanted then wanted, payload = v, held end
  redis.call('RPUSH', KEYS[1], KEYS[i], textOf(wanted, e, s, d, n, payload))
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return {redis.call('LLEN', KEYS[1]) / 2, tonumber(redis.call('GET', KEYS[2])) or 0}
