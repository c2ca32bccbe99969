-- Gives tags a lifetime: one command for a thousand, beside readers that wait for Redis. KEYS: tags. ARGV: seconds. Returns how many there are.
local there = 0
for i = 1, #KEYS do there = there + redis.call('EXPIRE', KEYS[i], ARGV[1]) end
return there
