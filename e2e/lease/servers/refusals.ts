/** The four ways in which a Redis answers every read and refuses every write, each with the code of its answer. */
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Redis } from 'ioredis'
import { redisKeys } from '#lib/platform/redisKeys.ts'
import { until } from './until.ts'

export interface Refusal {
  /** Returns when the server refuses writes. */
  begin(): Promise<unknown>
  /** Returns when it takes them again. */
  end(): Promise<unknown>
}

export const REFUSAL_CODES = ['OOM', 'READONLY', 'NOREPLICAS', 'MISCONF'] as const
export type RefusalCode = (typeof REFUSAL_CODES)[number]

async function setting(redis: Redis, name: string): Promise<string> {
  const answer = await redis.config('GET', name)
  const [, value] = Array.isArray(answer) ? answer : []
  return String(value ?? '')
}

/** Saves until the last save has ended so. */
async function saved(redis: Redis, status: 'ok' | 'err'): Promise<void> {
  await until(`the last save ended with ${status}`, async () => {
    const persistence = await redis.info('persistence')
    if (persistence.includes('rdb_bgsave_in_progress:1')) return false
    if (persistence.includes(`rdb_last_bgsave_status:${status}`)) return true
    await redis.bgsave().catch(() => undefined) // another child is at work
    return false
  })
}

/** The name to which a save renames its file: a folder there makes every save fail. */
async function dumpOf(redis: Redis): Promise<string> {
  return path.join(await setting(redis, 'dir'), 'dump.rdb')
}

/** @param redis may do everything on the server, which runs on this machine */
export function refusal(redis: Redis, code: RefusalCode): Refusal {
  const switched = (name: string): Refusal => ({
    begin: () => redis.config('SET', name, 1),
    end: () => redis.config('SET', name, 0),
  })
  let savePoints = ''
  const refusals: Record<RefusalCode, Refusal> = {
    OOM: switched('maxmemory'),
    READONLY: { begin: () => redis.replicaof('127.0.0.1', 1), end: () => redis.replicaof('NO', 'ONE') },
    NOREPLICAS: switched('min-replicas-to-write'),
    MISCONF: {
      async begin() {
        // A server without save points takes writes also after a save that failed.
        savePoints = await setting(redis, 'save')
        await redis.config('SET', 'save', '3600 1')
        const dump = await dumpOf(redis)
        rmSync(dump, { recursive: true, force: true })
        mkdirSync(dump)
        await saved(redis, 'err')
      },
      async end() {
        rmSync(await dumpOf(redis), { recursive: true, force: true })
        await saved(redis, 'ok')
        await redis.config('SET', 'save', savePoints)
      },
    },
  }
  const { begin, end } = refusals[code]
  const write = () => redis.set(redisKeys.monitorWrite, 1, 'PX', 1)
  return {
    async begin() {
      await begin()
      await until(`writes are refused with ${code}`, () =>
        write().then(
          () => false,
          (error: unknown) => String(error).includes(code),
        ),
      )
    },
    async end() {
      await end()
      await until('writes are taken', async () => (await write()) === 'OK')
    },
  }
}
