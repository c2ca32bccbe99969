import type { InvalidationContext } from '#lib/delivery/invalidation.ts'
import { PostgresVersionSource } from '#lib/coherence/index/versionSource.ts'
import { versionIndex } from '#lib/coherence/index/versionIndex.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { cacheRedis, indexRedis } from '#lib/platform/redis.ts'

/** The stores and addresses of this process, for the job and for the monitor that stands in for it. */
export function invalidationContext(): InvalidationContext {
  return {
    db: db(),
    source: new PostgresVersionSource(db),
    index: versionIndex(),
    indexRedis: indexRedis(),
    cacheRedis: cacheRedis(),
    webUrls: env().webUrls,
    internalSecret: env().INTERNAL_SECRET,
  }
}
