-- Shows all versions of a commit at once: no reader sees a part of them. It writes no tag, so that the time does not grow with their
-- number: readers look into the hash as well until `foldShown.lua` has brought it to the tags. KEYS: lease, head, log, position, the
-- claim of a process that applies a large part of the outbox, the hash. ARGV: entries that the log keeps, the holder of the claim, the name
-- of the lease when it was staged: another source may have taken over since, and lack the commit; how many tags the hash must have: one that
-- has lost some, or all, changes nothing, nor does a ninth at a time. Returns name and nonce of the lease, '' and 0 when it does not live here,
-- and how many tags are shown: -1 when nothing was changed. The same call again does nothing: a server that is busy may answer too late.
local name, nonce = living(redis.call('GET', KEYS[1]))
local position, count = redis.call('GET', KEYS[4]), tonumber(ARGV[4])
if name ~= ARGV[3] then return {name, nonce, -1} end
local hashes, isWhole = shownIn(position)
for _, hash in ipairs(hashes) do
  if hash == KEYS[6] then return {name, nonce, count} end
end
if not isWhole or #hashes == 8 or redis.call('HLEN', KEYS[6]) ~= count then return {name, nonce, -1} end
redis.call('SET', KEYS[5], ARGV[2], 'PX', 1000, 'NX')
redis.call('PERSIST', KEYS[6])
redis.call('SET', KEYS[4], string.format('%.0f@%s %s', count, KEYS[6], position))
local head = (tonumber(redis.call('GET', KEYS[2])) or 0) + 1
redis.call('SET', KEYS[2], string.format('%.0f', head))
writeLog(KEYS[3], head, {}, tonumber(ARGV[1]))
return {name, nonce, count}
