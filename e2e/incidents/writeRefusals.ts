/** Ways in which a Redis of a test's own answers every read and refuses every write, with the code of its answer. */
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Redis } from 'ioredis'
import { expect, vi } from 'vitest'

interface WriteRefusal {
  readonly begin: () => Promise<unknown>
  readonly end: () => Promise<unknown>
}

export const WRITE_REFUSALS = ['OOM', 'READONLY', 'NOREPLICAS', 'MISCONF'] as const

/** The name to which a save renames its file: a folder there makes every save fail. */
async function dumpOf(redis: Redis): Promise<string> {
  const answer = await redis.call('CONFIG', 'GET', 'dir')
  const [, folder = ''] = Array.isArray(answer) ? answer.map(String) : []
  return path.join(folder, 'dump.rdb')
}

/** @returns when the last save has ended so */
async function saved(redis: Redis, status: 'ok' | 'err'): Promise<void> {
  await redis.bgsave().catch(() => undefined)
  await vi.waitFor(
    async () =>
      expect(await redis.info('persistence')).toMatch(
        new RegExp(`rdb_bgsave_in_progress:0[^]*rdb_last_bgsave_status:${status}`),
      ),
    { timeout: 10_000 },
  )
}

export function writeRefusals(redis: Redis): Readonly<Record<(typeof WRITE_REFUSALS)[number], WriteRefusal>> {
  return {
    OOM: { begin: () => redis.config('SET', 'maxmemory', 1), end: () => redis.config('SET', 'maxmemory', 0) },
    READONLY: { begin: () => redis.replicaof('127.0.0.1', 1), end: () => redis.replicaof('NO', 'ONE') },
    NOREPLICAS: {
      begin: () => redis.config('SET', 'min-replicas-to-write', 1),
      end: () => redis.config('SET', 'min-replicas-to-write', 0),
    },
    MISCONF: {
      async begin() {
        const dump = await dumpOf(redis)
        rmSync(dump, { force: true })
        mkdirSync(dump)
        await saved(redis, 'err')
      },
      async end() {
        rmSync(await dumpOf(redis), { recursive: true, force: true })
        await saved(redis, 'ok')
      },
    },
  }
}
