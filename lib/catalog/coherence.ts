/** The caching kernel of this shop: the one place where its ports are filled. */
import { edge } from '#lib/cdn/edgePort.ts'
import { EdgeVersions } from '#lib/cdn/edgeVersions.ts'
import {
  createCoherence,
  sqlVersionSource,
  type Coherence,
  type ReadStart,
  type VersionIndex,
  type VersionSource,
} from '#lib/coherence/index.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { buildId } from '#lib/platform/build.ts'
import { lookUp, type Db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import { metricsSink } from '#lib/platform/metricsSink.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import { cacheRedis, indexRedis, reconnectRedis } from '#lib/platform/redis.ts'
import { RESOURCES } from './resources.ts'
import { nameShown } from './shownVersions.ts'
import { shopSlots } from './slots.ts'

/** Versions as Postgres has them. @param db asked for at each look-up; by default the process' own connections */
export function versionSource(db?: () => Pick<Db, '$queryRawUnsafe'>): VersionSource {
  return sqlVersionSource(RESOURCES, db ? (sql, parameters) => db().$queryRawUnsafe(sql, ...parameters) : lookUp)
}

/** The process' own. */
export function coherence(): Coherence {
  return processSingleton('coherence', () =>
    createCoherence({
      indexRedis: indexRedis(),
      cacheRedis: cacheRedis(),
      source: versionSource(),
      outer: new EdgeVersions(edge),
      buildId,
      ...(!env().TEST_WITHOUT_SLOTS && { slots: shopSlots() }),
      maxBytes: env().L1_MAX_BYTES,
      reconnect: reconnectRedis,
      leaseMs: env().TEST_INDEX_LEASE_MS,
      metrics: metricsSink(),
      log: logger,
    }),
  )
}

export function versionIndex(): VersionIndex {
  return coherence().index
}

/** Before anything is read from Postgres that `publishShown` is called for. */
export function readStart(): Promise<ReadStart> {
  return versionIndex().guarded.readStart()
}

/**
 * Before versions are shown that were just read from Postgres, such as those of a search: no cached page shows less to
 * the same reader afterwards. The head of the answer names them.
 * @param start taken before they were read
 * @throws {FreshnessError} SOURCE_UNAVAILABLE when the index had to be raised and Postgres did not answer, or when another Postgres has
 *   taken the place of the one that they were read from
 */
export function publishShown(versions: readonly VersionedTag[], start: ReadStart): Promise<void> {
  nameShown(versions)
  return coherence().publisher.publishShown(versions, start)
}
