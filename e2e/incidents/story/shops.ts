/** The smallest shops for stories of Redis: an edit and a read. */
import type { Redis } from 'ioredis'
import { commitPrice, type KernelStores, versionInPostgres } from './kernel.ts'
import type { Outcome } from './story.ts'

export interface Shop {
  /** Returns when it is acknowledged. */
  edit(productId: number): Promise<unknown>
  /** @returns the version that the page shows */
  shown(productId: number): Promise<number>
}

/** Cache-aside: a read keeps what it found for an hour, an edit deletes that. */
export function naiveCacheAside(stores: KernelStores, redis: Redis): Shop {
  const key = (productId: number) => `naive:price:${productId}`
  return {
    async edit(productId) {
      await commitPrice(stores, productId)
      await redis.del(key(productId))
    },
    async shown(productId) {
      const kept = await redis.get(key(productId))
      if (kept !== null) return Number(kept)
      const version = await versionInPostgres(stores, productId)
      await redis.set(key(productId), version, 'EX', 3_600)
      return version
    },
  }
}

/** @param current the version that was committed before the read begins */
export function outcomeOf({ shown }: Pick<Shop, 'shown'>, productId: number, current: number): Promise<Outcome> {
  return shown(productId).then(
    (version) => (version < current ? 'stale' : 'current'),
    () => 'refused',
  )
}
