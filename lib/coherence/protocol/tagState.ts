/**
 * The state of one tag in the index, as one Redis string: `version:expiredAt:staleAt:deadline:deliveredAt`, mostly the version alone,
 * because the others are 0. Where the payload of that version is known, `|` and the payload follow.
 *
 * With one string a tag, one MGET answers for versions, payloads and revalidations, and a payload never stands beside another
 * version. Moments are heads of the index; the deadline is in microseconds of Redis' own clock.
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
  /** The payload of `version`, as JSON; undefined when it is not known or the kind has none. */
  readonly payload: string | undefined
}

export const UNKNOWN_TAG: TagState = {
  version: 0,
  expiredAt: 0,
  staleAt: 0,
  deadline: 0,
  deliveredAt: 0,
  payload: undefined,
}

/** @returns the state; a value that is not ours reads as unknown, and unknown is looked up in the source */
export function parseTagState(text: string | null): TagState {
  if (text === null) return UNKNOWN_TAG
  const end = text.indexOf('|')
  const numbers = (end < 0 ? text : text.slice(0, end)).split(':').map(Number)
  const [version = 0, expiredAt = 0, staleAt = 0, deadline = 0, deliveredAt = 0] = numbers
  return numbers.every(Number.isSafeInteger)
    ? { version, expiredAt, staleAt, deadline, deliveredAt, payload: end < 0 ? undefined : text.slice(end + 1) }
    : UNKNOWN_TAG
}
