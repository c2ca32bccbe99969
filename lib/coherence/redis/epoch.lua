-- `{data set}/{generation}`: within a data set it only grows. Begins every script that sets it.
local function raiseEpoch(key, epoch)
  local dataSet, generation = string.match(epoch, '^(.*)/(%d+)$')
  local heldSet, held = string.match(redis.call('GET', key) or '', '^(.*)/(%d+)$')
  if heldSet ~= dataSet or tonumber(held) < tonumber(generation) then redis.call('SET', key, epoch) end
end
