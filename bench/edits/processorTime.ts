/** Seconds of processor time by role, as the kernel counts them: the roles that pay for an edit. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import type pg from 'pg'
import { cpuMs } from '../serve/processes.ts'

export type ProcessorTime = Readonly<Record<string, number>>

function parentOf(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1])
  } catch {
    return undefined // It has ended.
  }
}

/** 0 for a process that has ended, or that runs on another machine. */
const msOf = (pid: number) => {
  try {
    return cpuMs(pid)
  } catch {
    return 0
  }
}

/**
 * @param roles processes by role; Postgres, Redis and this process are added where they run on this machine
 * @returns a stopwatch: what each role has used since it was started, nothing on a machine without /proc
 */
export async function processorTime(
  roles: Readonly<Record<string, readonly number[]>>,
  postgres: pg.Pool,
  redis: Redis,
): Promise<() => ProcessorTime> {
  if (!existsSync('/proc/self/stat')) return () => ({})
  const { rows } = await postgres.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const postmaster = parentOf(rows[0]?.pid ?? 0)
  const redisPid = Number(/^process_id:(\d+)/m.exec(await redis.info('server'))?.[1])
  const backends = () =>
    readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(Number(name)) === postmaster)

  const total = (pids: readonly number[]) => pids.reduce((sum, pid) => sum + msOf(pid), 0)
  const now = (): ProcessorTime => {
    const own = process.cpuUsage()
    return {
      ...Object.fromEntries(Object.entries(roles).map(([role, pids]) => [role, total(pids)])),
      Postgres: postmaster === undefined ? 0 : total(backends().map(Number)),
      Redis: msOf(redisPid),
      'readers and editors': (own.user + own.system) / 1_000,
    }
  }
  const before = now()
  return () =>
    Object.fromEntries(Object.entries(now()).map(([role, ms]) => [role, Math.max(0, ms - (before[role] ?? 0)) / 1_000]))
}
