/**
 * The version index in KV: `price:42` to `8`, or to `8 1763712000000` where it was purged at that moment. The shop's
 * versions here decide what is fresh; a header of an answer never does, since it may be older.
 */
import { epochBornAt, newEpoch } from '../../lib/cdn/epoch.ts'
import type { Environment } from './environment.ts'
import { readBatched } from './batchedReads.ts'

const STATE = 'state'
const PURGED = 'purged'
/** Writes that are under way at once. */
const WRITES = 50
const CONFIRMATIONS = 3

export interface Mark {
  readonly version: number
  /** Milliseconds since 1970. Answers to earlier requests are not served. */
  readonly purgedAt: number
}

export interface Snapshot {
  /** Undefined: the index has never been written. */
  readonly epoch: string | undefined
  /** When the publisher last said that it has published everything. */
  readonly confirmedAt: number
  /** Milliseconds since 1970: no page that was asked for until then is to be served. Ahead of now while a bulk edit is under way. */
  readonly purgedAt: number
  readonly marks: ReadonlyMap<string, Mark>
}

const UNKNOWN: Mark = { version: 0, purgedAt: 0 }

function parseMark(text: string | null | undefined): Mark {
  const [version, purgedAt] = (text ?? '').split(' ').map(Number)
  return { version: version || 0, purgedAt: purgedAt || 0 }
}

/** The index as it is now, for `tags`. */
export async function readIndex(env: Environment, tags: Iterable<string>): Promise<Snapshot> {
  const wanted = [...new Set(tags)]
  const found = await readBatched(env, [STATE, PURGED, ...wanted])
  const [epoch, confirmedAt] = (found.get(STATE) ?? '').split(' ')
  return {
    epoch: epoch || undefined,
    confirmedAt: Number(confirmedAt ?? 0),
    // An answer to a request of an earlier epoch may end in this one.
    purgedAt: Math.max(Number(found.get(PURGED) ?? 0), epochBornAt(epoch ?? '')),
    marks: new Map(wanted.map((tag) => [tag, parseMark(found.get(tag))])),
  }
}

/** True when a process has confirmed lately that everything is published here. */
export function isTrusted(env: Environment, { epoch, confirmedAt }: Snapshot): boolean {
  return epoch !== undefined && Date.now() - confirmedAt < Number(env.TRUST_MS)
}

export function markOf(snapshot: Snapshot, tag: string): Mark {
  return snapshot.marks.get(tag) ?? UNKNOWN
}

/** Within this isolate: two calls at once must not write the lower version last. KV itself cannot compare. */
const highest = new Map<string, Mark>()
const REMEMBERED = 50_000

function raised(tag: string, to: Partial<Mark>, ...known: Mark[]): Mark {
  const all = [to, highest.get(tag) ?? UNKNOWN, ...known]
  const mark = {
    version: Math.max(...all.map(({ version = 0 }) => version)),
    purgedAt: Math.max(...all.map(({ purgedAt = 0 }) => purgedAt)),
  }
  if (highest.size > REMEMBERED) highest.clear()
  highest.set(tag, mark)
  return mark
}

async function writeAll(env: Environment, marks: readonly (readonly [string, Mark])[]): Promise<void> {
  for (let at = 0; at < marks.length; at += WRITES) {
    await Promise.all(
      marks
        .slice(at, at + WRITES)
        .map(([tag, { version, purgedAt }]) =>
          env.VERSIONS.put(tag, purgedAt > 0 ? `${version} ${purgedAt}` : String(version)),
        ),
    )
  }
}

const reaches = (mark: Mark, { version = 0, purgedAt = 0 }: Partial<Mark>): boolean =>
  mark.version >= version && mark.purgedAt >= purgedAt

/**
 * Raises marks and never lowers one.
 * @returns the index, read back
 */
export async function raise(env: Environment, changes: ReadonlyMap<string, Partial<Mark>>): Promise<Snapshot> {
  let snapshot = await readIndex(env, changes.keys())
  for (let round = 0; round < CONFIRMATIONS; round++) {
    const low = [...changes].filter(([tag, to]) => !reaches(markOf(snapshot, tag), to))
    if (low.length === 0) break
    await writeAll(
      env,
      low.map(([tag, to]) => [tag, raised(tag, to, markOf(snapshot, tag))] as const),
    )
    snapshot = await readIndex(env, changes.keys())
  }
  return snapshot
}

/** The latest moment that this isolate has written: as for marks, the earlier of two must not be written last. */
let purgedUntil = 0

/** No page that was asked for until then is served again. @param until milliseconds since 1970; never lowered */
export async function purgeEverything(env: Environment, until: number): Promise<void> {
  for (let round = 0; round < CONFIRMATIONS; round++) {
    const { purgedAt } = await readIndex(env, [])
    if (purgedAt >= until) return
    purgedUntil = Math.max(purgedUntil, purgedAt, until)
    await env.VERSIONS.put(PURGED, String(purgedUntil))
  }
}

/** True while the shop's answer may be older than what its fleet shows next: then it is for its visitor alone. */
export function isHeld({ purgedAt }: Snapshot): boolean {
  return purgedAt >= Date.now()
}

/**
 * An index that was not confirmed for so long that it is not trusted begins anew: a change since then may be missing in
 * it, so nothing from before is shown again.
 * @param confirmedAt undefined leaves it as it is
 * @returns the epoch; a new one where there was none, or none that is trusted
 */
export async function writeState(
  env: Environment,
  snapshot: Snapshot,
  confirmedAt: number | undefined,
): Promise<string> {
  if (snapshot.epoch !== undefined && confirmedAt === undefined) return snapshot.epoch
  const isLost =
    snapshot.epoch === undefined ||
    Date.now() - Math.max(snapshot.confirmedAt, epochBornAt(snapshot.epoch)) >= Number(env.TRUST_MS)
  const epoch = snapshot.epoch !== undefined && !isLost ? snapshot.epoch : newEpoch(Date.now())
  // Not trusted before the publisher, who sees the new epoch, has published everything again.
  await env.VERSIONS.put(STATE, `${epoch} ${isLost ? 0 : Math.max(snapshot.confirmedAt, confirmedAt ?? 0)}`)
  return epoch
}
