-- Reads and writes the state of a tag; see protocol/tagState.ts. Begins every script below. A payload is '' when it is not known.
local function parsed(text)
  local state, payload = string.match(text or '', '^([%d:]*)|(.*)$')
  local v, e, s, d, n = string.match(state or text or '', '^(%d*):?(%d*):?(%d*):?(%d*):?(%d*)$')
  return text, tonumber(v) or 0, tonumber(e) or 0, tonumber(s) or 0, tonumber(d) or 0, tonumber(n) or 0, payload or ''
end
local function textOf(v, e, s, d, n, payload)
  local text = string.format('%.0f', v)
  if e > 0 or s > 0 or d > 0 or n > 0 then
    text = string.format('%.0f:%.0f:%.0f:%.0f:%.0f', v, e, s, d, n)
  end
  if payload ~= '' then text = text .. '|' .. payload end
  return text
end
local function write(key, v, e, s, d, n, payload, ttl) redis.call('SET', key, textOf(v, e, s, d, n, payload), 'EX', ttl) end
