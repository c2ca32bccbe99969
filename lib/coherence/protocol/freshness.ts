/** The decision at the heart of the project, as a pure function: is an entry fresh, by what the index says now? */
import { parseCacheTag, tag, type VersionedTag } from '../tags.ts'
import { sharedText } from './sharedTexts.ts'
import type { TagState } from './tagState.ts'
import { UNKNOWN_TAG } from './tagState.ts'

/** The versions that an entry was made from. */
export interface Dependencies {
  /** For each tag with a version the version that was read; the lowest when a page was made from two. */
  readonly versions: ReadonlyMap<string, number>
  /** Every tag to ask the index for: those with a version, those that only a revalidation can touch, and the slots. */
  readonly tags: readonly string[]
  /** Tags of rows that only slots show: a newer version is filled in, and outdates nothing. */
  readonly slots: ReadonlySet<string>
}

/** When and against which data set an entry was made. */
export interface Provenance {
  /** The head of the index when its render started: before anything was read. */
  readonly startedAt: number
  /** The epoch then; undefined when neither Redis nor the source could say. */
  readonly epoch: string | undefined
}

/** The beginning of a read of the source: taken before anything is read, and asked for when what was read is shown. */
export interface ReadStart {
  /** The identity of the source, as the process had last heard of it; undefined: no source had answered, so that nothing may be shown. */
  readonly source: string | undefined
}

export type RenderStart = Provenance & ReadStart

/** The current state of some tags at one moment. */
export type Snapshot = {
  readonly states: ReadonlyMap<string, TagState>
} & (
  | {
      readonly from: 'index'
      readonly epoch: string
      readonly head: number
      /** Redis' clock in microseconds, for deadlines. */
      readonly now: number
    }
  /** The index is not believed. Tags that only a revalidation can touch are not known. */
  | { readonly from: 'source'; readonly epoch: string | undefined }
)

/** `fresh`: serve. `replaceable`: serve once more and render anew. `stale`: do not serve. */
export type Verdict = 'fresh' | 'replaceable' | 'stale'

/** @param tags as Next hands them over: `price:42`, `price:42@7+product:42@3`, `_N_T_/…` in any order */
export function dependenciesOf(tags: Iterable<string>): Dependencies {
  const versions: VersionedTag[] = []
  const others: string[] = []
  for (const text of tags) {
    const packed = parseCacheTag(text)
    if (packed) versions.push(...packed)
    else others.push(text)
  }
  return dependenciesOn(versions, others)
}

const NO_SLOTS: ReadonlySet<string> = new Set()

/** @param versions what was read @param others tags that only a revalidation can touch */
export function dependenciesOn(versions: Iterable<VersionedTag>, others: Iterable<string> = []): Dependencies {
  const lowest = new Map<string, number>()
  for (const { kind, id, version } of versions) {
    const name = sharedText(tag(kind, id))
    lowest.set(name, Math.min(version, lowest.get(name) ?? Infinity))
  }
  return { versions: lowest, tags: [...new Set([...lowest.keys(), ...others])], slots: NO_SLOTS }
}

/** The dependencies of a template: of the rows that its slots show it is made from no version. */
export function withSlots({ versions, tags }: Dependencies, slots: Iterable<string>): Dependencies {
  const all = new Set(Array.from(slots, sharedText))
  const fixed = new Map([...versions].filter(([name]) => !all.has(name)))
  return { versions: fixed, tags: [...new Set([...tags, ...all])], slots: all }
}

/** The same dependencies, of which other entries share the tags: unpacked, each has a copy in each of its lists. */
export function withSharedTags({ versions, tags, slots }: Dependencies): Dependencies {
  const isOfARow = (name: string) => versions.has(name) || slots.has(name)
  return {
    versions: new Map(Array.from(versions, ([name, version]) => [sharedText(name), version])),
    tags: tags.map((name) => (isOfARow(name) ? sharedText(name) : name)),
    slots: new Set(Array.from(slots, sharedText)),
  }
}

/** True when nothing that `dependencies` were read from has a newer version in `snapshot`. */
export function versionsHold(dependencies: Dependencies, snapshot: Snapshot): boolean {
  for (const [base, version] of dependencies.versions) {
    const current = snapshot.states.get(base)?.version ?? 0
    // 0: neither Redis nor the source knows the row. Missing is not fresh.
    if (current === 0 || current > version) return false
  }
  return true
}

/** True when `snapshot` has something newer than what `dependencies` were read from; what else it does not know is left out. */
export function isBehind(dependencies: Pick<Dependencies, 'versions'>, snapshot: Snapshot): boolean {
  for (const [base, version] of dependencies.versions) {
    if ((snapshot.states.get(base)?.version ?? 0) > version) return true
  }
  return false
}

/** True when `dependencies` were read from something newer than `snapshot`: the index has yet to hear of it. */
export function isAhead(dependencies: Pick<Dependencies, 'versions'>, snapshot: Snapshot): boolean {
  for (const [base, version] of dependencies.versions) {
    if (version > (snapshot.states.get(base)?.version ?? 0)) return true
  }
  return false
}

/** @param snapshot read after the request began, of all of the entry's tags */
export function judge(dependencies: Dependencies, provenance: Provenance, snapshot: Snapshot): Verdict {
  if (!versionsHold(dependencies, snapshot)) return 'stale'
  if (snapshot.from === 'source') {
    // A version that the source has lost was never true, and the source knows of a purge of everything.
    const { epoch } = snapshot
    const outdated = epoch !== undefined && provenance.epoch !== undefined && epoch !== provenance.epoch
    return outdated || isAhead(dependencies, snapshot) ? 'stale' : 'fresh'
  }
  if (snapshot.epoch !== provenance.epoch) return 'stale'
  let verdict: Verdict = 'fresh'
  for (const name of dependencies.tags) {
    if (dependencies.slots.has(name)) continue
    const { expiredAt, staleAt, deadline, deliveredAt } = snapshot.states.get(name) ?? UNKNOWN_TAG
    if (provenance.startedAt <= expiredAt) return 'stale'
    if (provenance.startedAt <= deliveredAt && !dependencies.versions.has(name)) return 'stale'
    if (provenance.startedAt > staleAt) continue
    if (deadline > 0 && deadline <= snapshot.now) return 'stale'
    verdict = 'replaceable'
  }
  return verdict
}
