/** The shop and its pages under measurement. */
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import type { Row } from '../../tools/figures/markdownTable.ts'
import type { ProductRef } from '../lib/pages.ts'

const GIVE_UP_MS = 120_000
const POLL_MS = 20
/** Milliseconds after which two rounds of the monitor have passed. */
const MONITORED_MS = 31_000

export interface Site {
  readonly postgres: pg.Pool
  readonly webUrl: string
  readonly edgeUrl: string
  /** The product of the page. */
  readonly products: readonly ProductRef[]
  /** Process ids by role. */
  readonly processes: Readonly<Record<string, readonly number[]>>
}

/** @returns milliseconds after `start` until no row of the outbox satisfies `condition`; undefined when some still did after two minutes */
export async function until(postgres: pg.Pool, condition: string, start: number): Promise<number | undefined> {
  while (performance.now() - start < GIVE_UP_MS) {
    const { rowCount } = await postgres.query(`SELECT FROM outbox WHERE ${condition} LIMIT 1`)
    if (rowCount === 0) return performance.now() - start
    await wait(POLL_MS)
  }
  return undefined
}

export const seconds = (ms: number | undefined) =>
  ms === undefined ? `not within ${GIVE_UP_MS / 1_000} s` : `${(ms / 1_000).toFixed(2)} s`

/** Waits until the monitor has looked at the term that begins with a new Redis: its alerts are of the start. */
export async function begun(postgres: pg.Pool): Promise<void> {
  const old = `SELECT FROM index_term WHERE began_at < clock_timestamp() - make_interval(secs => ${MONITORED_MS / 1_000})`
  while ((await postgres.query(old)).rowCount === 0) await wait(POLL_MS)
}

/** The alerts raised since `since`, until the monitor has looked twice more. */
export async function alertsSince(postgres: pg.Pool, since: Date): Promise<Row> {
  await wait(MONITORED_MS)
  const { rows } = await postgres.query<{ kind: string; count: string }>(
    'SELECT kind, count(*) FROM alerts WHERE raised_at >= $1 GROUP BY kind ORDER BY kind',
    [since],
  )
  return ['alerts', rows.length === 0 ? 'none' : rows.map(({ kind, count }) => `${count} ${kind}`).join(', ')]
}

export async function databaseNow(postgres: pg.Pool): Promise<Date> {
  const { rows } = await postgres.query<{ now: Date }>('SELECT clock_timestamp() AS now')
  return rows[0]?.now ?? new Date()
}
