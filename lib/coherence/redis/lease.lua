-- The lease of the index: `{term} {nonce} {run id}:{replication id}`, which lives as long as its key. A server gets another
-- run id when it starts and another replication id when it is promoted, so a lease beside older data is void. Two last words,
-- ` behind {count}`, say that there may be committed changes that the index does not have, or of which it has a part. The count
-- grows each time that this is said, so that a refresh takes back only what was said before its scan.
local function server()
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
  return run .. ':' .. string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
end
-- Term and nonce of a lease that lives and is of this server, else 0 and 0.
local function living(lease)
  local term, nonce, where = string.match(lease or '', '^(%d+) (%d+) (%S+)')
  if where and where == server() then return tonumber(term), tonumber(nonce) end
  return 0, 0
end
-- Says that the index may be behind. No process believes a lease that does not live here. Returns term and nonce, as `living`.
local function markBehind(key)
  local lease = redis.call('GET', key)
  local term, nonce = living(lease)
  if term > 0 then
    local words, count = string.match(lease, '^%d+ %d+ %S+'), tonumber(string.match(lease, ' behind (%d+)$')) or 0
    redis.call('SET', key, string.format('%s behind %.0f', words, count + 1), 'KEEPTTL')
  end
  return term, nonce
end
