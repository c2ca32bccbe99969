-- Raises versions, never lowers one. KEYS: tags. ARGV: lifetime in seconds, then a version for each key.
-- Returns how many were raised. It writes in any case: a Redis that is full, read-only, without replicas or without a
-- disk answers every GET, and runs a script up to its first SET. So an answer proves that the index takes writes.
local raised = 0
for i, key in ipairs(KEYS) do
  local wanted = tonumber(ARGV[i + 1])
  local text, v, e, s, d, n = read(key)
  if not text or wanted > v then
    write(key, math.max(wanted, v), e, s, d, n, ARGV[1])
    raised = raised + 1
  end
end
if raised == 0 then
  local _, v, e, s, d, n = read(KEYS[1])
  write(KEYS[1], v, e, s, d, n, ARGV[1])
end
return raised
