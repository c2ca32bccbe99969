-- One check: everything that a read needs to know, at one moment. KEYS: lease, epoch, head, then tags. Returns 1 when the lease is
-- of the run of this server, which an expired one never is, this server's clock (seconds, microseconds), and the values of the keys.
-- The replication id is not compared, as it costs more than the rest: a lease beside older data, on a server that was a replica for
-- a while, has no nonce that rises, and so is not believed.
local values
if #KEYS <= 1000 then
  values = redis.call('MGET', unpack(KEYS))
else
  values = {}
  for from = 1, #KEYS, 1000 do
    local part = redis.call('MGET', unpack(KEYS, from, math.min(from + 999, #KEYS)))
    for i = 1, #part do values[from + i - 1] = part[i] end
  end
end
local run = values[1] and string.match(values[1], '^%d+ %d+ (%x+):')
local here = run and string.find(redis.call('INFO', 'server'), 'run_id:' .. run, 1, true)
return {here and 1 or 0, redis.call('TIME'), values}
