/** The sources of changes that a benchmark compares, each with a worker of its own: docs/operations/cdc.md. */
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { z } from 'zod'
import { startWorker, type BenchWorker } from '../bulk/workers.ts'
import type { BenchStores } from './stores.ts'

const POLL_MS = 50
const STREAMS_WITHIN_MS = 60_000

/** As PRICE_EVENTS names them. */
export const SOURCES = ['triggers', 'cdc'] as const
export type Source = (typeof SOURCES)[number]

/** @param option `triggers`, `cdc`, or both with a comma between them */
export function sourcesOf(option: string): readonly Source[] {
  return z.array(z.enum(SOURCES)).parse(option.split(','))
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + STREAMS_WITHIN_MS
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${STREAMS_WITHIN_MS / 1_000} s`)
    await wait(POLL_MS)
  }
}

/** A slot that no process reads would keep WAL, and one that is gone without a word would be reported as lost. */
async function endStream(postgres: pg.Pool): Promise<void> {
  await until('the slot is dropped', async () => {
    await postgres.query(
      `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
       WHERE slot_name LIKE 'evergreen\\_%' AND database = current_database() AND NOT active`,
    )
    const left = `SELECT FROM pg_replication_slots WHERE slot_name LIKE 'evergreen\\_%' AND database = current_database()`
    return (await postgres.query(left)).rowCount === 0
  })
  await postgres.query("DELETE FROM heartbeats WHERE process = 'change-stream'")
}

export interface SourceOptions {
  readonly stores: BenchStores
  readonly postgres: pg.Pool
  readonly source: Source
  /** As `startWorker` takes them. */
  readonly roles: string
  readonly port: number
  readonly webUrl: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Runs `use` beside a worker that hears of commits from `source`, once it does. */
export async function withWorker<T>(options: SourceOptions, use: (worker: BenchWorker) => Promise<T>): Promise<T> {
  const { stores, postgres, source, roles, port, webUrl, environment } = options
  await endStream(postgres)
  const worker = await startWorker(stores, roles, port, webUrl, { ...environment, PRICE_EVENTS: source })
  try {
    if (source === 'cdc')
      await until('the stream of changes has begun', async () => {
        const beat = await postgres.query("SELECT FROM heartbeats WHERE process = 'change-stream'")
        return beat.rowCount === 1
      })
    return await use(worker)
  } finally {
    await worker.stop()
    await endStream(postgres)
  }
}
