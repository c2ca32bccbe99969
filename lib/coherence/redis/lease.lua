-- The lease of the index: `{term} {nonce} {run id}:{replication id}`, which lives as long as its key. A server gets another
-- run id when it starts and another replication id when it is promoted, so a lease beside older data is void. A last word, ` behind`,
-- says that there are committed changes that the index does not have.
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
