-- Reads and writes the state of a tag; see protocol/tagState.ts. Begins every script below. A payload is '' when it is not known.
local function read(key)
  local text = redis.call('GET', key)
  local state, payload = string.match(text or '', '^([%d:]*)|(.*)$')
  local v, e, s, d, n = string.match(state or text or '', '^(%d*):?(%d*):?(%d*):?(%d*):?(%d*)$')
  return text, tonumber(v) or 0, tonumber(e) or 0, tonumber(s) or 0, tonumber(d) or 0, tonumber(n) or 0, payload or ''
end
local function write(key, v, e, s, d, n, payload, ttl)
  local text = string.format('%.0f', v)
  if e > 0 or s > 0 or d > 0 or n > 0 then
    text = string.format('%.0f:%.0f:%.0f:%.0f:%.0f', v, e, s, d, n)
  end
  if payload ~= '' then text = text .. '|' .. payload end
  redis.call('SET', key, text, 'EX', ttl)
end
