-- Extends a lease that lives, and never creates one. KEYS: lease, position. ARGV: the lease as it was read before the scan of the
-- outbox, milliseconds that it lives from now, the position that the scan has proven. Without a position the scan has left changes
-- out: then the lease says that the index is behind. The statement of another process since that reading stays. Returns whether it
-- was extended.
local _, isWhole, _, beginning = shownIn(redis.call('GET', KEYS[2]))
local lease = redis.call('GET', KEYS[1])
local pattern = '^((%d+ )(%d+)( %S+))(.*)$'
local words, term, nonce, where, behind = string.match(lease or '', pattern)
local wordsRead, _, _, _, behindRead = string.match(ARGV[1], pattern)
if not words or not isWhole or words ~= wordsRead or where ~= ' ' .. server() then return 0 end
if ARGV[3] == '' then
  if behind == '' then behind = ' behind 1' end
else
  if behind == behindRead then behind = '' end
  redis.call('SET', KEYS[2], beginning .. ARGV[3])
end
redis.call('SET', KEYS[1], string.format('%s%.0f%s%s', term, tonumber(nonce) + 1, where, behind), 'PX', ARGV[2])
return 1
