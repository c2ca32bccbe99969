/** Liveness and readiness, the same for every process. */
import { keys } from '#lib/coherence/index.ts'
import { db } from '../db.ts'
import { indexRedis } from '../redis.ts'
import { isStopping } from './shutdown.ts'

export interface Readiness {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, 'ok' | string>>
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
export async function readiness(): Promise<Readiness> {
  const [postgres, redis] = await Promise.all([
    outcome(() => db().$queryRaw`SELECT 1`),
    // Asks the node of a cluster that holds the index.
    outcome(() => indexRedis().exists(keys.epoch)),
  ])
  const stopping = isStopping() ? 'this process is stopping' : 'ok'
  return { ready: stopping === 'ok' && postgres === 'ok', checks: { process: stopping, postgres, redis } }
}
