/** The four ways in which a Redis answers every read and refuses every write. */
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { RedisServer } from './redisServer.ts'
import { until } from './until.ts'

export interface Refusal {
  /** Returns when the server refuses writes. */
  begin(): Promise<unknown>
  /** Returns when it takes them again. */
  end(): Promise<unknown>
}

export const REFUSAL_CODES = ['OOM', 'READONLY', 'NOREPLICAS', 'MISCONF'] as const
export type RefusalCode = (typeof REFUSAL_CODES)[number]

/** Saves until the last save has ended so. */
async function saved({ admin }: RedisServer, status: 'ok' | 'err'): Promise<void> {
  await until(`the last save ended with ${status}`, async () => {
    const persistence = await admin.info('persistence')
    if (persistence.includes('rdb_bgsave_in_progress:1')) return false
    if (persistence.includes(`rdb_last_bgsave_status:${status}`)) return true
    await admin.bgsave().catch(() => undefined) // another child is at work
    return false
  })
}

export function refusal(server: RedisServer, code: RefusalCode): Refusal {
  const { admin, dataFolder } = server
  const setting = (name: string) => ({
    begin: () => admin.config('SET', name, 1),
    end: () => admin.config('SET', name, 0),
  })
  /** The name to which a save renames its file: a folder there makes every save fail. */
  const dump = path.join(dataFolder, 'dump.rdb')
  const refusals: Record<RefusalCode, Refusal> = {
    OOM: setting('maxmemory'),
    READONLY: { begin: () => admin.replicaof('127.0.0.1', 1), end: () => admin.replicaof('NO', 'ONE') },
    NOREPLICAS: setting('min-replicas-to-write'),
    MISCONF: {
      async begin() {
        rmSync(dump, { recursive: true, force: true })
        mkdirSync(dump)
        await saved(server, 'err')
      },
      async end() {
        rmSync(dump, { recursive: true, force: true })
        await saved(server, 'ok')
      },
    },
  }
  return refusals[code]
}
