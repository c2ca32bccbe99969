import { vi } from 'vitest'
import { createCoherence, type Coherence, type RedisClient } from '#lib/coherence/index.ts'
import type { Db } from '#lib/platform/db.ts'
import { versionSource } from '../coherence.ts'

/** A kernel over real servers, for tests: connected and believed. */
export async function testCoherence(redis: RedisClient, db: Db): Promise<Coherence> {
  const coherence = createCoherence({
    indexRedis: redis,
    cacheRedis: redis,
    source: versionSource(() => db),
    buildId: () => 'test',
    maxBytes: 64 * 1024 * 1024,
  })
  await vi.waitUntil(async () => {
    await coherence.index.connect()
    return coherence.index.trusted
  })
  return coherence
}
