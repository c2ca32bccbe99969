-- The log of changes, newest first: one entry for each head, `["head","{ix}:tag:…",…]`. A change of many tags names none, which
-- means any.
local function writeLog(key, head, names, length)
  if #names > 100 then names = {} end
  table.insert(names, 1, string.format('%.0f', head))
  redis.call('LPUSH', key, cjson.encode(names))
  redis.call('LTRIM', key, 0, length - 1)
end
