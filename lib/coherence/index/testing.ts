import { vi } from 'vitest'
import type { Db } from '#lib/platform/db.ts'
import type { Redis } from 'ioredis'
import { VersionIndex } from './versionIndex.ts'
import { PostgresVersionSource } from './versionSource.ts'

/** An index over real servers, for tests: connected and believed. */
export async function trustedIndex(redis: Redis, db: Db): Promise<VersionIndex> {
  const index = new VersionIndex(redis, new PostgresVersionSource(() => db))
  await vi.waitUntil(async () => {
    await index.connect()
    return index.trusted
  })
  return index
}
