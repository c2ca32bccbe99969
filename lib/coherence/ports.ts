/**
 * The needs of the kernel, which its application hands to `createCoherence` once. The kernel knows no table, no environment, and
 * no library for logs or metrics.
 */
import type { Cluster, Redis } from 'ioredis'
import type { SlotPort } from './template/slots.ts'
import type { VersionedTag, VersionedValue } from './tags.ts'

/** One server, Sentinels in front of servers, or a cluster. */
export type RedisClient = Redis | Cluster

/** The row of `index_term`: which Redis data set the index is in. */
export interface Term {
  /** 0 before the first. */
  readonly term: number
  readonly epoch: string
  /** The name of the Redis server. */
  readonly server: string
  /** The number of refreshes of the lease. */
  readonly renewals: number
  /** The newest change that the log has forgotten, as a position; empty: none. */
  readonly forgotten: string
  /** The identity of the source: its system, timeline and database. */
  readonly identity: string
  /** Whether the source is the one that the term began with. */
  readonly current: boolean
  /** Whether it began because another source took the place of the one before, which may have lost commits. */
  readonly replacedSource: boolean
  /** Milliseconds since the term began, on the clock of the source. */
  readonly ageMs: number
}

/** A row as one statement read it: its version, and what belongs to that version. */
export interface SourceRow {
  readonly version: number
  /** JSON; undefined for a kind without a payload. */
  readonly payload: string | undefined
}

/** Rows as the source has them, and whether they may be shown to a reader that does not believe the index. */
export interface SourceVersions {
  readonly term: Term
  readonly rows: ReadonlyMap<string, SourceRow>
  /** Tags with a change that is not known to be in the index: other readers may still see an older version. */
  readonly pending: ReadonlySet<string>
}

/** A commit of several changes that are not known to be in the index. */
export interface PendingCommit {
  /** The number of changes. */
  readonly size: number
  /** The tags in question that it changes, once for each change. */
  readonly tags: readonly string[]
}

/** Commits that concern the tags in question; undefined when there are too many to look through. */
export type PendingCommits = readonly PendingCommit[] | undefined

/** Rows of the outbox that are not marked as indexed. */
export interface Unindexed {
  readonly ids: readonly string[]
  /** The payloads of a few rows at their current version: a newer one than the outbox names. */
  readonly versions: readonly VersionedValue[]
  /** Whether there may be more. */
  readonly more: boolean
  /** The position that is proven once the rows are applied, and no more are left: every change before it is in the index. */
  readonly position: string
}

/** The changes of the transaction that the source reads in, before its commit. */
export interface Uncommitted {
  /** The ids of its rows of the outbox. */
  readonly ids: readonly string[]
  readonly versions: readonly VersionedValue[]
}

export type TermReason = 'first' | 'redis-changed' | 'lease-lost' | 'postgres-changed'

/**
 * The truth behind the index: the database in which rows and their versions are written. It also orders the terms of the index.
 * Every call may throw {FreshnessError} SOURCE_UNAVAILABLE.
 */
export interface VersionSource {
  /** The resource kinds that have versions; a tag of another kind is a plain one. */
  readonly kinds: ReadonlySet<string>
  /** The kinds with a payload. */
  readonly payloadKinds: ReadonlySet<string>
  /** @returns the version of each of `tags` that has a row, by tag; an empty list only asks whether the source answers */
  versions(tags: readonly string[]): Promise<ReadonlyMap<string, number>>
  /**
   * The same with payloads, which cost more: version and payload are of one statement, and belong together.
   * @throws {FreshnessError} SOURCE_UNAVAILABLE also while the term is not `current`, as do `rowsWithPending` and `unindexed`: a version
   *   that the source before it has lost may have been used again, with another payload
   */
  rows(tags: readonly string[]): Promise<ReadonlyMap<string, SourceRow>>
  /** Rows and pending commits, as they are at one moment. */
  rowsWithPending(
    tags: readonly string[],
  ): Promise<{ readonly rows: ReadonlyMap<string, SourceRow>; readonly pending: PendingCommits }>
  /** The latter alone. */
  pendingCommits(tags: readonly string[]): Promise<PendingCommits>
  /**
   * Rows, the term and what is pending, as they are at one moment.
   * @param settled `{identity} {renewals}` under which nothing counts as pending: no process believes a lease any more
   */
  readGuarded(tags: readonly string[], settled: string | undefined): Promise<SourceVersions>
  term(): Promise<Term>
  /** Counts a refresh of a lease, by its name. @returns the term afterwards, undefined when it has another lease or the source is another one now */
  renew(lease: string): Promise<Pick<Term, 'term' | 'renewals' | 'epoch' | 'identity'> | undefined>
  /** Begins a term. @returns undefined when `seen` is no longer what is there, or was read from another source */
  beginTerm(
    seen: Term,
    next: { readonly server: string; readonly epoch: string; readonly reason: TermReason; readonly above: number },
  ): Promise<Term | undefined>
  /** Says that the term is still being begun: others leave it alone. */
  stillBeginning(term: number): Promise<void>
  /** Replaces the epoch. @returns false when it is no longer `before` */
  setEpoch(before: string, next: string): Promise<boolean>
  unindexed(): Promise<Unindexed>
  /** The changes so far of a source that reads in a transaction, with payloads. */
  uncommitted(): Promise<Uncommitted>
  /** Every tag of a row of the outbox that is not marked as indexed. */
  pendingTags(): Promise<ReadonlySet<string>>
  /** Marks rows as indexed, if the lease, by its name, is the one of the term, and the source still that of the term. @returns whether they are */
  markIndexed(ids: readonly string[], lease: string): Promise<boolean>
  /** Whether the log of changes reaches back to `position`, in the source that `term` was read from. */
  reaches(position: string, term: Term): boolean
  /** Every change since `position`, in parts. @throws {FreshnessError} LOG_FORGOTTEN when some of them are gone */
  changesSince(position: string): AsyncIterable<readonly VersionedTag[]>
  /** The position of the log: as `Unindexed.position`. */
  position(): Promise<string>
  /** Raises rows to at least these versions, for those that were shown and are lost. @returns what was raised */
  raiseAbove(floors: readonly VersionedTag[]): Promise<readonly VersionedTag[]>
  /** Everything that changed in the last `seconds` or that has not been delivered yet. */
  recentChanges(seconds: number): Promise<readonly VersionedTag[]>
}

/**
 * A cache outside of the fleet that keeps versions of its own, such as a CDN. It hears of a version before the index
 * does: a visitor who has seen the new version anywhere in the fleet sees nothing older there afterwards. Neither call
 * throws, and neither waits long.
 */
export interface OuterCache {
  /** @returns false when it may still show older versions */
  beforeIndex(versions: readonly VersionedTag[]): Promise<boolean>
  /** Called once the index has them. @returns as `beforeIndex` */
  afterIndex(versions: readonly VersionedTag[]): Promise<boolean>
}

/** One area's log, as pino has it: details first, then a sentence. */
export type Log = Readonly<Record<'debug' | 'info' | 'warn' | 'error', (details: object, message: string) => void>>

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

interface Metric {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
}

/** Names come without a prefix, in Prometheus' style: `cache_reads_total`. */
export interface MetricsSink {
  /** Counts that only grow, kept by the kernel and read when asked for. Several may go by one name. */
  counter(metric: Metric, read: () => readonly Sample[]): void
  /** A value that goes up and down, read when asked for. */
  gauge(metric: Metric, read: () => readonly Sample[]): void
  /** @param buckets upper bounds in seconds @returns what starts a measurement, and then what ends it */
  timer(metric: Metric, buckets: readonly number[]): (labels?: Readonly<Record<string, string>>) => () => void
}

export interface Ports {
  /** Holds the version index. Must not evict; commands fail within a bound, also while it is away. */
  readonly indexRedis: RedisClient
  /** Holds bodies; may be the same server. */
  readonly cacheRedis: RedisClient
  readonly source: VersionSource
  readonly outer?: OuterCache
  /** Milliseconds that the index is believed after a refresh; by default 2,000. The same in every process of a fleet. */
  readonly leaseMs?: number | undefined
  /** Changes that the log of the index keeps; by default 10,000. A process that is further behind reads all that it needs again. */
  readonly logLength?: number | undefined
  /** Called when the server that answers is not the one that holds the index: behind a proxy or a name that changed. */
  readonly reconnect?: () => void
  /** The build whose pages are cached: markup of another build names scripts that are gone. */
  readonly buildId: () => string
  /** Pages are templates with these slots; without it each page is rendered with its values. */
  readonly slots?: SlotPort
  /** Bytes of bodies that this process holds. */
  readonly maxBytes: number
  readonly metrics?: MetricsSink
  /** @param area such as `index` */
  readonly log?: (area: string) => Log
}

const SILENT: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const UNMEASURED: MetricsSink = {
  counter: () => undefined,
  gauge: () => undefined,
  timer: () => () => () => undefined,
}

/** For an application without a CDN. */
export const noOuterCache: OuterCache = { beforeIndex: async () => true, afterIndex: async () => true }
export const silent = (): Log => SILENT
export const unmeasured = UNMEASURED
