-- Deletes a lease only while it is still its holder's. KEYS: the lease. ARGV: the holder's token.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
