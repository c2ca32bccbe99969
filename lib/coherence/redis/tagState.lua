-- Reads and writes the state of a tag; see protocol/tagState.ts. Begins every script below.
local function read(key)
  local text = redis.call('GET', key)
  local v, e, s, d, n = string.match(text or '', '^(%d*):?(%d*):?(%d*):?(%d*):?(%d*)$')
  return text, tonumber(v) or 0, tonumber(e) or 0, tonumber(s) or 0, tonumber(d) or 0, tonumber(n) or 0
end
local function write(key, v, e, s, d, n, ttl)
  local text = string.format('%.0f', v)
  if e > 0 or s > 0 or d > 0 or n > 0 then
    text = string.format('%.0f:%.0f:%.0f:%.0f:%.0f', v, e, s, d, n)
  end
  redis.call('SET', key, text, 'EX', ttl)
end
