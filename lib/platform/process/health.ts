/** Liveness and readiness, the same for every process. */
import { keys, type RedisClient } from '#lib/coherence/index.ts'
import type { Db } from '../db.ts'
import { isStopping } from './shutdown.ts'

export interface Readiness {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, 'ok' | string>>
}

/** The stores that a process needs: readiness asks no other one. */
export interface CheckedStores {
  readonly db: Db
  /** The prober has none: it must not depend on what it watches. */
  readonly indexRedis?: RedisClient
}

async function outcome(check: () => Promise<unknown>): Promise<string> {
  try {
    await check()
    return 'ok'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Ready means: this process does its work. Redis may be away; the shop then runs from Postgres. */
export async function readiness({ db, indexRedis: redis }: CheckedStores): Promise<Readiness> {
  const [postgres, index] = await Promise.all([
    outcome(() => db.$queryRaw`SELECT 1`),
    // Asks the node of a cluster that holds the index.
    redis && outcome(() => redis.exists(keys.epoch)),
  ])
  const stopping = isStopping() ? 'this process is stopping' : 'ok'
  return {
    ready: stopping === 'ok' && postgres === 'ok',
    checks: { process: stopping, postgres, ...(index !== undefined && { redis: index }) },
  }
}
