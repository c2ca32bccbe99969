-- Puts back a version that the source never had: a database restored from a backup, a value written by hand.
-- Only a value that is still what it was judged by is replaced. KEYS: a tag. ARGV: lifetime, wrong, right.
local _, v, e, s, d, n = read(KEYS[1])
if v ~= tonumber(ARGV[2]) then return 0 end
write(KEYS[1], tonumber(ARGV[3]), e, s, d, n, ARGV[1])
return 1
