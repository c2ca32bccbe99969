/** Signs of life in the database: a watcher reads them there when the process itself cannot be asked. */
import type { Prisma } from '#lib/generated/prisma/client.ts'
import type { Db } from '../db.ts'
import { env } from '../env.ts'
import { logger } from '../logger.ts'
import { runPeriodically } from './periodic.ts'
import { untilShutdown } from './shutdown.ts'

/** Milliseconds; a role that beat longer ago is silent. */
export function silentAfterMs(): number {
  return 3 * env().MONITOR_INTERVAL_MS
}

/** @param name of the role, which several processes may share: it is alive while one of them is */
export async function beat(db: Db, name: string, detail: Prisma.InputJsonObject = {}): Promise<void> {
  await db.$executeRaw`
    INSERT INTO heartbeats (process, beat_at, detail) VALUES (${name}, clock_timestamp(), ${JSON.stringify({ pid: process.pid, ...detail })}::jsonb)
    ON CONFLICT (process) DO UPDATE SET beat_at = excluded.beat_at, detail = excluded.detail`
}

/** Beats once a round for as long as `isAlive` says so. */
export function keepBeating(db: Db, name: string, isAlive: () => boolean): void {
  const failed = (error: unknown) => logger('heartbeat').debug({ err: error, name }, 'not written')
  untilShutdown(`heartbeat ${name}`, (signal) =>
    runPeriodically(
      async () => {
        if (isAlive()) await beat(db, name)
      },
      { everyMs: env().MONITOR_INTERVAL_MS, signal, failed },
    ),
  )
}

export interface Heartbeat {
  readonly name: string
  /** Milliseconds since the last one, by the clock of Postgres. */
  readonly ageMs: number
  readonly detail: unknown
}

export async function readHeartbeats(db: Db): Promise<Heartbeat[]> {
  return db.$queryRaw<Heartbeat[]>`
    SELECT process AS name, (extract(epoch FROM clock_timestamp() - beat_at) * 1000)::float8 AS "ageMs", detail FROM heartbeats ORDER BY process`
}
