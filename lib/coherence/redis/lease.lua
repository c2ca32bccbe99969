-- The lease of the index: `{term} {nonce} {run id}:{replication id}`, which lives as long as its key. It is named by its term and its
-- server: a Postgres that lost the beginning of a term may use the number again, on another server. A server gets another
-- run id when it starts and another replication id when it is promoted, so a lease beside older data is void. Two last words,
-- ` behind {count}`, say that there may be committed changes that the index does not have, or of which it has a part. The count
-- grows each time that this is said, so that a refresh takes back only what was said before its scan.
local function server()
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
  return run .. ':' .. string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
end
-- Name and nonce of a lease that lives and is of this server, else '' and 0.
local function living(lease)
  local term, nonce, where = string.match(lease or '', '^(%d+) (%d+) (%S+)')
  if where and where == server() then return term .. ' ' .. where, tonumber(nonce) end
  return '', 0
end
-- Says that the index may be behind. No process believes a lease that does not live here. Returns name and nonce, as `living`.
local function markBehind(key)
  local lease = redis.call('GET', key)
  local name, nonce = living(lease)
  if name ~= '' then
    local words, count = string.match(lease, '^%d+ %d+ %S+'), tonumber(string.match(lease, ' behind (%d+)$')) or 0
    redis.call('SET', key, string.format('%s behind %.0f', words, count + 1), 'KEEPTTL')
  end
  return name, nonce
end
