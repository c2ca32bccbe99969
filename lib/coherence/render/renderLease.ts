/**
 * The right of one render, in the whole fleet, to rebuild an entry.
 *
 * A lease only saves work: that two renders run at once, because a lease ran out or Redis is away, is never
 * wrong, since the index judges what both of them store.
 * Source of the pattern: Nishtala et al., Scaling Memcache at Facebook, NSDI 2013, section 3.2.1.
 */
import type { RedisClient } from '../ports.ts'
import { LEASE_TTL_MS } from '../protocol/keys.ts'

export interface Lease {
  release(): Promise<void>
}

const WITHOUT_REDIS: Lease = { release: async () => undefined }

/**
 * @param key from `keys.lease`
 * @returns the lease, or undefined while another render has it; without Redis every caller gets one
 */
export async function acquireLease(redis: RedisClient, key: string): Promise<Lease | undefined> {
  const token = crypto.randomUUID()
  try {
    if ((await redis.set(key, token, 'PX', LEASE_TTL_MS, 'NX')) !== 'OK') return undefined
  } catch {
    return WITHOUT_REDIS
  }
  return {
    async release() {
      // When this fails the lease runs out by itself.
      await redis.releaseLease(key, token).catch(() => undefined)
    },
  }
}

/** Resolves when the lease is free again, or after `boundMs`. It asks Redis; it waits for no message. */
export async function leaseReleased(redis: RedisClient, key: string, boundMs: number): Promise<void> {
  const deadline = performance.now() + boundMs
  for (let pauseMs = 5; performance.now() < deadline; pauseMs = Math.min(pauseMs * 1.5, 50)) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.75 + Math.random() / 2)))
    const held = await redis.exists(key).catch(() => 0)
    if (held === 0) return
  }
}
