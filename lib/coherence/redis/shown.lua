-- Commits that were shown at once, and are not in each of their tags yet. For each the position begins with `{count}@{key} `, the key
-- of a hash that has what each tag holds since then; see `showStaged.lua` and `foldShown.lua`. The position also says which changes are
-- in this data set. So a server that has lost one of the two, such as by eviction, proves nothing: it has no lease, and no position.
-- Returns the hashes, the oldest first; whether each is whole; the position without them, '' where there is none; and how it begins.
local function shownIn(position)
  local hashes, isWhole, own, beginning = {}, true, position or '', ''
  for _ = 1, 8 do
    local count, hash, rest = string.match(own, '^(%d+)@(%S+) (.*)$')
    if not count then break end
    if redis.call('HLEN', hash) ~= tonumber(count) then isWhole = false end
    table.insert(hashes, hash)
    own = rest
    beginning = beginning .. count .. '@' .. hash .. ' '
  end
  return hashes, isWhole and own ~= '', own, beginning
end
-- What a tag holds after such a commit. The same version is one that this database has lost and uses again: others have seen it
-- with what is held.
local function newest(held, shown)
  if not shown then return held end
  local _, wanted, _, _, _, _, payload = parsed(shown)
  local _, v, e, s, d, n = parsed(held)
  if wanted > v then return textOf(wanted, e, s, d, n, payload) end
  return held
end
