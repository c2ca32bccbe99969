/**
 * What the kernel needs of the project that it stands in. It knows no table, framework of logging or metrics, and no
 * environment of anyone's: an application hands these in, once, to `createCoherence`.
 */
import type { Cluster, Redis } from 'ioredis'
import type { VersionedTag } from './tags.ts'

/** One server, Sentinels in front of servers, or a cluster. */
export type RedisClient = Redis | Cluster

/** The truth behind the index: the database in which rows and their versions are written. */
export interface VersionSource {
  /** The resource kinds that have versions; a tag of another kind is a plain one. */
  readonly kinds: ReadonlySet<string>
  /**
   * @returns the version of each of `tags` that has a row, by tag; an empty list only asks whether the source answers
   * @throws {FreshnessError} SOURCE_UNAVAILABLE
   */
  versions(tags: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Everything that changed in the last `seconds` or that has not been delivered yet. @throws as `versions` */
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
  /** Of the build whose pages are cached: markup of another build names scripts that are gone. */
  readonly buildId: () => string
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

export const silent = (): Log => SILENT
export const unmeasured = UNMEASURED
