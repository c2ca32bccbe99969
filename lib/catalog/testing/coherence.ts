import { vi } from 'vitest'
import { createCoherence, type Coherence, type OuterCache, type Ports, type RedisClient } from '#lib/coherence/index.ts'
import type { Db } from '#lib/platform/db.ts'
import { versionSource } from '../coherence.ts'

/** Milliseconds: a quarter of what a fleet has, so that a test which loses the index waits for a second. */
export const TEST_LEASE_MS = 500

/** A kernel over real servers, for tests: believed. */
export async function testCoherence(
  redis: RedisClient,
  db: Db,
  {
    leaseMs = TEST_LEASE_MS,
    logLength,
    outer,
    slots,
  }: { leaseMs?: number; logLength?: number; outer?: OuterCache; slots?: Ports['slots'] } = {},
): Promise<Coherence> {
  const coherence = createCoherence({
    indexRedis: redis,
    cacheRedis: redis,
    source: versionSource(() => db),
    buildId: () => 'test',
    maxBytes: 64 * 1024 * 1024,
    leaseMs,
    ...(outer && { outer }),
    ...(slots && { slots }),
    logLength,
  })
  await vi.waitUntil(async () => {
    await coherence.index.connect()
    return coherence.index.trusted
  }, 20_000)
  return coherence
}
