-- One check: everything that a read needs to know, at one moment. KEYS: log, position, lease, epoch, head, then tags. ARGV: the head that
-- the reader knows all changes up to, and how many later ones it takes from the log. Returns 1 when this server is a primary and the lease
-- is its own, which an expired one never is, this server's clock (seconds, microseconds), the values of the keys from the lease on, and
-- the entries of the log since that head, none when there are more.
-- A head below those of the lease's term was lost, such as by eviction, and counts anew: then the lease says nothing either.
-- A server gets another replication id when it starts and when it is promoted, and a replica has that of its primary: so id and role
-- say which lease is its own. INFO replication takes 1.6 microseconds, and INFO server, with the run id, 2.6.
local hashes, isWhole = shownIn(redis.call('GET', KEYS[2]))
local values
if #KEYS <= 1000 then
  values = redis.call('MGET', unpack(KEYS, 3))
else
  values = {}
  for from = 3, #KEYS, 1000 do
    local part = redis.call('MGET', unpack(KEYS, from, math.min(from + 999, #KEYS)))
    for i = 1, #part do values[from + i - 3] = part[i] end
  end
end
for _, hash in ipairs(hashes) do
  for from = 6, #KEYS, 1000 do
    local shown = redis.call('HMGET', hash, unpack(KEYS, from, math.min(from + 999, #KEYS)))
    for i = 1, #shown do values[from + i - 3] = newest(values[from + i - 3], shown[i]) end
  end
end
local head = tonumber(values[3]) or 0
local behind = head - tonumber(ARGV[1])
local changes = {}
if behind > 0 and behind <= tonumber(ARGV[2]) then changes = redis.call('LRANGE', KEYS[1], 0, behind - 1) end
local term, replication = string.match(values[1] or '', '^(%d+) %d+ %x+:(%x+)')
local info = term and isWhole and head >= term * 4294967296 and redis.call('INFO', 'replication')
local here = info and string.find(info, 'role:master', 1, true) and string.find(info, 'master_replid:' .. replication, 1, true)
return {here and 1 or 0, redis.call('TIME'), values, changes}
