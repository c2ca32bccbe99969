/**
 * Reads from the source what the index does not know, and raises the index to it before it is shown. Where any tag of a list may be
 * newer in the source, one statement reads the whole list there: a commit is in all of its rows or in none.
 */
import { LRUCache } from 'lru-cache'
import type { OuterCache, PendingCommits, SourceRow, VersionSource } from '../ports.ts'
import { FreshnessError } from '../protocol/errors.ts'
import type { Snapshot } from '../protocol/freshness.ts'
import { UNKNOWN_TAG, type TagState } from '../protocol/tagState.ts'
import { parseTag, tag, type VersionedValue } from '../tags.ts'
import { serialBatch } from './batching.ts'
import type { Reading } from './followedIndex.ts'
import type { Written } from './indexLink.ts'
import { leavesAPart } from './pendingCommits.ts'

/** Milliseconds for which the source is not asked again for what it did not have, and of how many tags that is remembered. */
const IN_VAIN_MS = 250
const MOST_IN_VAIN = 10_000
/** Changes that are published with their payloads. Those of a bulk edit come with their first readers. */
const MOST_PAYLOADS = 200

type Rows = ReadonlyMap<string, SourceRow>

/** As one statement reads them. */
interface RowsAndPending {
  readonly rows: Rows
  readonly pending: PendingCommits
}

/** What one reading of the source brings to the index. */
interface Findings {
  /** Values that the index does not have, */
  readonly newer: readonly VersionedValue[]
  /** and those of them that it has an older version of. */
  readonly replacing: readonly VersionedValue[]
  /** Whether the index may have a part of a commit afterwards. */
  readonly part: boolean
}

/** Versions to raise the index to, and whether it may have a part of a commit then. */
export interface Published {
  readonly values: readonly VersionedValue[]
  readonly part: boolean
}

/** Raises the index. @param part whether it may have a part of a commit then */
type Raise = (changes: readonly VersionedValue[], part: boolean) => Promise<Written>

export class SourceFills {
  readonly #source: VersionSource
  readonly #outer: OuterCache
  readonly #raise: Raise
  readonly #raiseTo: (found: Iterable<Findings>) => Promise<boolean>
  readonly #read: (tags: Iterable<string>) => Promise<RowsAndPending>
  /** Tags that the source has no row of, or an older one than the index: the version that the index had, 0 without one. */
  readonly #inVain = new LRUCache<string, number>({ max: MOST_IN_VAIN, ttl: IN_VAIN_MS })

  constructor(source: VersionSource, outer: OuterCache, raise: Raise) {
    this.#source = source
    this.#outer = outer
    this.#raise = raise
    this.#read = serialBatch((tags: string[]) => source.rowsWithPending(tags))
    this.#raiseTo = serialBatch((found: Findings[]) => this.#raiseTogether(found))
  }

  /**
   * @param tags of the reading
   * @param payloads whether they are needed
   * @returns at once where nothing is missing; undefined when the index may no longer be believed
   * @throws {FreshnessError} SOURCE_UNAVAILABLE when the source was needed for a version and did not answer
   */
  complete(reading: Reading, tags: readonly string[], payloads: boolean): Snapshot | Promise<Snapshot | undefined> {
    const { snapshot, unknown, incomplete } = reading
    return unknown.length + incomplete.length === 0 ? snapshot : this.#complete(reading, tags, payloads)
  }

  async #complete(reading: Reading, tags: readonly string[], payloads: boolean): Promise<Snapshot | undefined> {
    const { snapshot, behind } = reading
    const held = (name: string) => snapshot.states.get(name)?.version ?? 0
    const isWanted = (name: string) => behind || this.#inVain.get(name) !== held(name)
    const unknown = reading.unknown.filter(isWanted)
    const incomplete = payloads ? reading.incomplete.filter(isWanted) : []
    if (unknown.length + incomplete.length === 0) return snapshot
    const versioned = () => tags.filter((name) => this.#isVersioned(name))
    try {
      let wanted = unknown.length > 0 ? versioned() : incomplete
      let found = await this.#read(wanted)
      const isNewer = (name: string) => (found.rows.get(name)?.version ?? 0) > held(name)
      if (unknown.length === 0 && wanted.some(isNewer)) {
        wanted = versioned()
        found = await this.#read(wanted)
      }
      return await this.#merge(snapshot, wanted, found)
    } catch (error) {
      if (unknown.length === 0) return snapshot // what carries these versions can be served
      throw error instanceof FreshnessError ? error.knowing(snapshot) : error
    }
  }

  /** @returns undefined where no payload is asked for, or the source does not answer */
  async withPayloads(changes: readonly VersionedValue[]): Promise<Published | undefined> {
    if (changes.length > MOST_PAYLOADS || !changes.some(({ kind }) => this.#source.payloadKinds.has(kind)))
      return undefined
    const names = changes.map(({ kind, id }) => tag(kind, id))
    const found = await this.#read(names).catch(() => undefined)
    if (!found) return undefined
    const values = changes.map((change) => {
      const row = found.rows.get(tag(change.kind, change.id))
      return row && row.version >= change.version ? { ...change, ...row } : change
    })
    return { values, part: leavesAPart(found.pending, new Set(names)) }
  }

  async #merge(
    snapshot: Reading['snapshot'],
    wanted: readonly string[],
    { rows, pending }: RowsAndPending,
  ): Promise<Snapshot | undefined> {
    const states = new Map(snapshot.states)
    const own = new Map<string, SourceRow>()
    for (const name of wanted) {
      const row = rows.get(name)
      const state = states.get(name) ?? UNKNOWN_TAG
      // Lower than the index: lost by the source, which will raise the row above it.
      if ((row?.version ?? -1) < state.version) this.#inVain.set(name, state.version)
      if (!row) continue
      own.set(name, row)
      if (row.version >= state.version) states.set(name, { ...state, ...row })
    }
    const newer = newerThan(snapshot.states, own)
    const isReplacing = ({ kind, id, version }: VersionedValue) => {
      const before = snapshot.states.get(tag(kind, id))?.version ?? 0
      return before > 0 && before < version
    }
    const part = leavesAPart(pending, new Set(own.keys()))
    const believed =
      newer.length === 0
        ? (await this.#raise([], false)).believed
        : await this.#raiseTo([{ newer, replacing: newer.filter(isReplacing), part }])
    return believed ? { ...snapshot, states } : undefined
  }

  /**
   * Raises the index to what readings found, before they are shown. Where the index had a version, the outer cache hears of the new
   * one, too: it may have the page. After a sale each reading finds something, so those that wait for one call share the next.
   * @returns whether the index may be believed
   */
  async #raiseTogether(found: readonly Findings[]): Promise<boolean> {
    const replacing = found.flatMap((one) => one.replacing)
    const newer = found.flatMap((one) => one.newer)
    if (replacing.length > 0) await this.#outer.beforeIndex(replacing)
    const part = found.some((one) => one.part)
    const raised = await this.#raise(newer, part).catch(() => undefined)
    if (replacing.length > 0) await this.#outer.afterIndex(replacing)
    return raised?.believed === true
  }

  /** A tag of another kind is a plain one: it has no version to ask for. */
  #isVersioned(name: string): boolean {
    const ref = parseTag(name)
    return ref !== undefined && this.#source.kinds.has(ref.kind)
  }
}

/** @returns what the source has in another version, or with another payload */
function newerThan(held: ReadonlyMap<string, TagState>, found: Rows): VersionedValue[] {
  return [...found].flatMap(([name, row]) => {
    const { version, payload } = held.get(name) ?? UNKNOWN_TAG
    return row.version > version || payload !== row.payload ? (valueOf(name, row) ?? []) : []
  })
}

export function valueOf(name: string, row: SourceRow): VersionedValue | undefined {
  const ref = parseTag(name)
  return ref && { ...ref, ...row }
}
