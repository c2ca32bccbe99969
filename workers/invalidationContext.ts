import type { InvalidationContext } from '#lib/delivery/invalidation.ts'
import { coherence } from '#lib/catalog/coherence.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { cacheRedis } from '#lib/platform/redis.ts'

/** The stores and addresses of this process, for the job and for the monitor that stands in for it. */
export function invalidationContext(): InvalidationContext {
  const { index, publisher, ports } = coherence()
  return {
    db: db(),
    source: ports.source,
    index,
    publisher,
    cacheRedis: cacheRedis(),
    webUrls: env().webUrls,
    internalSecret: env().INTERNAL_SECRET,
  }
}
