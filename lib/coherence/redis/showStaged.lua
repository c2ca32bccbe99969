-- Raises all versions of a commit at once: no reader sees a part of them. `stage.lua` has worked out what each tag will hold, so
-- that 40,000 tags keep the server for 65 ms: MSET writes a thousand in the time of 300 times SET. It takes the lifetimes away,
-- which the caller sets again; up to a thousand tags keep theirs. KEYS: lease, head, log, the claim of a process that applies a
-- large part of the outbox, the list. ARGV: lifetime in seconds, entries that the log keeps, the holder of the claim, how many tags
-- the list must have (one that lost some, or all, changes nothing), the head when the first was staged. Returns name and nonce of
-- the lease, '' and 0 when it does not live here, and how many tags were raised: -1 when nothing was changed. The list then says that it
-- was shown, so that the same call again does nothing: a server that is busy with it may answer too late. The tags are of the slot
-- of the list.
local name, nonce = living(redis.call('GET', KEYS[1]))
local count = tonumber(ARGV[4])
local listed = redis.call('LLEN', KEYS[5])
if name ~= '' and listed == 1 then return {name, nonce, count} end
if name == '' or listed ~= 2 * count then return {name, nonce, -1} end
redis.call('SET', KEYS[4], ARGV[3], 'PX', 1000, 'NX')

-- A tag may have been raised or revalidated since it was staged. The log says which ones, or else each is compared.
local head = tonumber(redis.call('GET', KEYS[2])) or 0
local since = head - tonumber(ARGV[5])
local isKnown = since >= 0 and since <= 1000
local changed, before = {}, {}
if isKnown and since > 0 then
  local entries = redis.call('LRANGE', KEYS[3], 0, since - 1)
  isKnown = #entries == since
  for i, entry in ipairs(entries) do
    local names = cjson.decode(entry)
    if tonumber(names[1]) ~= head + 1 - i or #names == 1 then isKnown = false end
    for j = 2, #names do
      table.insert(changed, names[j])
      table.insert(before, redis.call('GET', names[j]))
    end
  end
end
-- The text to write where `held` is held and `after` was staged.
local function newer(held, after)
  local _, wanted, _, _, _, _, payload = parsed(after)
  local _, v, e, s, d, n = parsed(held)
  if wanted > v then return textOf(wanted, e, s, d, n, payload) end
  return held
end

local PART = 2000
for from = 0, 2 * count - 1, PART do
  local staged = redis.call('LRANGE', KEYS[5], from, from + PART - 1)
  if not isKnown then
    local names = {}
    for i = 1, #staged, 2 do table.insert(names, staged[i]) end
    for i, held in ipairs(redis.call('MGET', unpack(names))) do staged[2 * i] = newer(held, staged[2 * i]) end
  end
  if count > PART / 2 then
    redis.call('MSET', unpack(staged))
  else
    for i = 1, #staged, 2 do redis.call('SET', staged[i], staged[i + 1], 'EX', ARGV[1]) end
  end
end
for i, name in ipairs(changed) do
  local now = redis.call('GET', name)
  if isKnown and now ~= before[i] then redis.call('SET', name, newer(before[i], now), 'EX', ARGV[1]) end
end
redis.call('UNLINK', KEYS[5])
redis.call('RPUSH', KEYS[5], 'shown')
redis.call('PEXPIRE', KEYS[5], 60000)
redis.call('SET', KEYS[2], string.format('%.0f', head + 1))
writeLog(KEYS[3], head + 1, {}, tonumber(ARGV[2]))
return {name, nonce, count}
