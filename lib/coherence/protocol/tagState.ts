/**
 * What the index knows of one tag, as one Redis string: `version:expiredAt:staleAt:deadline:deliveredAt`, or
 * just the version while the others are 0, which is the common value. One string a tag means that one MGET
 * answers for versions and revalidations together. Times are microseconds of Redis' own clock.
 */
export interface TagState {
  /** The current version, 0 when only a revalidation is known. */
  readonly version: number
  /** Entries whose render started at or before this are gone. */
  readonly expiredAt: number
  /** Entries whose render started at or before this are served once more while one render replaces them. */
  readonly staleAt: number
  /** When the entries marked by `staleAt` are gone too; may lie in the future. */
  readonly deadline: number
  /** Entries that carry the tag without a version, and whose render started at or before this, are gone. */
  readonly deliveredAt: number
}

export const UNKNOWN_TAG: TagState = { version: 0, expiredAt: 0, staleAt: 0, deadline: 0, deliveredAt: 0 }

/** @returns the state; a value that nobody of ours wrote reads as unknown, and unknown is looked up in Postgres */
export function parseTagState(text: string | null): TagState {
  if (text === null) return UNKNOWN_TAG
  const [version = 0, expiredAt = 0, staleAt = 0, deadline = 0, deliveredAt = 0] = text.split(':').map(Number)
  return [version, expiredAt, staleAt, deadline, deliveredAt].every(Number.isSafeInteger)
    ? { version, expiredAt, staleAt, deadline, deliveredAt }
    : UNKNOWN_TAG
}

const READ_STATE = `
local function read(key)
  local text = redis.call('GET', key)
  local v, e, s, d, n = string.match(text or '', '^(%d*):?(%d*):?(%d*):?(%d*):?(%d*)$')
  return text, tonumber(v) or 0, tonumber(e) or 0, tonumber(s) or 0, tonumber(d) or 0, tonumber(n) or 0
end
local function write(key, v, e, s, d, n, ttl)
  local text = string.format('%.0f', v)
  if e > 0 or s > 0 or d > 0 or n > 0 then
    text = string.format('%.0f:%.0f:%.0f:%.0f:%.0f', v, e, s, d, n)
  end
  redis.call('SET', key, text, 'EX', ttl)
end
`

/**
 * Raises versions, never lowers one. KEYS: tags. ARGV: lifetime in seconds, then a version for each key.
 * Returns how many were raised. It writes in any case: a Redis that is full, read-only, without replicas or without a
 * disk answers every GET, and runs a script up to its first SET. So an answer proves that the index takes writes.
 */
export const ADVANCE = `${READ_STATE}
local raised = 0
for i, key in ipairs(KEYS) do
  local wanted = tonumber(ARGV[i + 1])
  local text, v, e, s, d, n = read(key)
  if not text or wanted > v then
    write(key, math.max(wanted, v), e, s, d, n, ARGV[1])
    raised = raised + 1
  end
end
if raised == 0 then
  local _, v, e, s, d, n = read(KEYS[1])
  write(KEYS[1], v, e, s, d, n, ARGV[1])
end
return raised
`

/**
 * Revalidates tags by Redis' own clock. KEYS: tags. ARGV: lifetime in seconds; microseconds until the old entries are
 * gone, 0 for at once; how many of the tags, the first ones, were named with a version: of these only the entries that
 * carry none are meant, the others are judged by the version. A later, gentler call does not bring back what an earlier
 * one expired.
 */
export const REVALIDATE = `${READ_STATE}
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local grace = tonumber(ARGV[2])
for i, key in ipairs(KEYS) do
  local _, v, e, s, d, n = read(key)
  if d > 0 and d <= now then e = math.max(e, s) end
  if i <= tonumber(ARGV[3]) then
    write(key, v, e, s, d, now, ARGV[1])
  elseif grace == 0 then
    write(key, v, now, now, 0, n, ARGV[1])
  else
    local deadline = now + grace
    if d > now then deadline = math.min(d, deadline) end
    write(key, v, e, now, deadline, n, ARGV[1])
  end
end
return redis.status_reply('OK')
`

/**
 * Puts back a version that Postgres never had: a Postgres restored from a backup, a value written by hand.
 * Only a value that is still what it was judged by is replaced. KEYS: a tag. ARGV: lifetime, wrong, right.
 */
export const REPAIR = `${READ_STATE}
local _, v, e, s, d, n = read(KEYS[1])
if v ~= tonumber(ARGV[2]) then return 0 end
write(KEYS[1], tonumber(ARGV[3]), e, s, d, n, ARGV[1])
return 1
`
