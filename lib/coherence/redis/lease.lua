-- The lease of the index: `{term} {nonce} {run id}:{replication id}`, which lives as long as its key. A server gets another
-- run id when it starts and another replication id when it is promoted, so a lease beside older data is void.
local function server()
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
  return run .. ':' .. string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
end
-- Term and nonce of a lease that lives and is of this server, else 0 and 0.
local function living(lease)
  local term, nonce, where = string.match(lease or '', '^(%d+) (%d+) (.+)$')
  if where and where == server() then return tonumber(term), tonumber(nonce) end
  return 0, 0
end
-- The same for a poll, which costs less: a lease beside older data, on a server that was a replica for a while, has no nonce that
-- rises, and so is not believed.
local function livingOfRun(lease)
  local term, nonce, run = string.match(lease or '', '^(%d+) (%d+) (%x+):')
  if run and run == string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') then
    return tonumber(term), tonumber(nonce)
  end
  return 0, 0
end
