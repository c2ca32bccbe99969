-- One check: everything that a read needs to know, at one moment. KEYS: lease, epoch, head, then tags.
-- Returns term and nonce of the lease (0 when it does not live here), epoch, head, this server's clock in microseconds, and
-- the states of the tags.
local time = redis.call('TIME')
local first = redis.call('MGET', KEYS[1], KEYS[2], KEYS[3])
local term, nonce = livingOfRun(first[1])
local states = {}
for from = 4, #KEYS, 1000 do
  local part = redis.call('MGET', unpack(KEYS, from, math.min(from + 999, #KEYS)))
  for i = 1, #part do states[#states + 1] = part[i] end
end
return {term, nonce, first[2], tonumber(first[3]) or 0, time[1] * 1000000 + time[2], states}
