-- Raises versions, never lowers one. KEYS: lease, head, log, position, then tags. ARGV: lifetime in seconds, entries that the log keeps, 1
-- when the index may have a part of a commit afterwards (what is raised then marks it as behind) or 0, then
-- for each tag a version and its payload, '' when that is not known. A version that is raised takes its payload with it, or loses
-- the one of before; a version that is there gets its payload where it has none, which is no change.
-- Returns name and nonce of the lease ('' and 0 when it does not live here) and how many were raised. It writes in any case: a Redis
-- that is full, read-only, without replicas or without a disk answers every GET, and runs a script up to its first SET. So an
-- answer proves that the index takes writes.
local raised = {}
local hashes = shownIn(redis.call('GET', KEYS[4]))
for i = 5, #KEYS do
  local wanted, payload = tonumber(ARGV[2 * i - 6]), ARGV[2 * i - 5]
  local known = redis.call('GET', KEYS[i])
  for _, hash in ipairs(hashes) do known = newest(known, redis.call('HGET', hash, KEYS[i])) end
  local text, v, e, s, d, n, held = parsed(known)
  if not text or wanted > v then
    write(KEYS[i], math.max(wanted, v), e, s, d, n, payload, ARGV[1])
    table.insert(raised, KEYS[i])
  elseif wanted == v and held == '' and payload ~= '' then
    write(KEYS[i], v, e, s, d, n, payload, ARGV[1])
  end
end
local count = #raised
local head = (tonumber(redis.call('GET', KEYS[2])) or 0) + (count > 0 and 1 or 0)
redis.call('SET', KEYS[2], string.format('%.0f', head))
if count > 0 then writeLog(KEYS[3], head, raised, tonumber(ARGV[2])) end
local name, nonce
if count > 0 and ARGV[3] == '1' then
  name, nonce = markBehind(KEYS[1])
else
  name, nonce = living(redis.call('GET', KEYS[1]))
end
return {name, nonce, count}
