/** A number of price edits at a steady rate, beside readers and open tabs. */
import type pg from 'pg'
import type { Row } from '../../tools/figures/markdownTable.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { alertsSince, databaseNow, seconds, until } from '../delivery/site.ts'
import { Acknowledged } from '../edits/acknowledged.ts'
import { apiEdits, sqlEdits } from '../edits/editors.ts'
import { amountsOf } from '../edits/shopFacts.ts'
import { Visitors } from '../edits/visit.ts'
import { paced } from '../lib/paced.ts'
import type { ProductRef } from '../lib/pages.ts'
import { byPopularity } from '../lib/popularity.ts'
import { openTabs } from './openTabs.ts'

/** Edits a second, and reads a second: what two cores keep up with that other work shares. */
export const RATE = 300
/** One edit in so many goes through the admin API, the others are SQL past the application. */
export const API_EVERY = 10
const MOST_AT_ONCE = 64

interface Traffic {
  readonly url: string
  readonly postgres: pg.Pool
  /** For the admin API. */
  readonly token: string
  /** The pages that are read, each with its product. */
  readonly pages: readonly ProductRef[]
  readonly edits: number
  /** Called after each edit, with the number of those that are made. */
  readonly edited: (made: number) => void
}

/** However busy the machine is, all the edits are made. @returns what editors and readers say of it */
export async function editsBesideReads({ url, postgres, token, pages, edits, edited }: Traffic): Promise<Row[]> {
  const since = await databaseNow(postgres)
  const ids = [...new Set(pages.map(({ id }) => id))]
  const page = byPopularity(pages.map(({ path }) => url + path))
  const visitors = new Visitors()
  const known = new Acknowledged()
  const bySql = sqlEdits(postgres, ids, known)
  const byApi = apiEdits([url], token, await amountsOf(postgres, ids), known)
  const failures = new Map<string, number>()
  const ms: number[] = []
  let [started, made] = [0, 0]

  async function edit(i: number): Promise<void> {
    await (i % API_EVERY === 0 ? byApi(i) : bySql(i)).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      failures.set(why, (failures.get(why) ?? 0) + 1)
    })
    edited(++made)
  }
  async function read(): Promise<void> {
    const visit = await visitors.visit(page(ms.length), () => false)
    ms.push(visit.ms)
    if (visit.error) failures.set(visit.error, (failures.get(visit.error) ?? 0) + 1)
  }
  async function editAll(): Promise<void> {
    for (let first = 0; first < edits; first = started)
      started += await paced(RATE, (edits - first) / RATE, MOST_AT_ONCE, (i) => edit(first + i))
  }
  async function readOn(): Promise<void> {
    while (started < edits) await paced(RATE, 1, MOST_AT_ONCE, read)
  }

  const closeTabs = openTabs(url, ids)
  const begin = performance.now()
  await Promise.all([editAll(), readOn()])
  const end = performance.now()
  const done = await until(postgres, 'done_at IS NULL', end)
  const streams = await closeTabs()
  visitors.close()
  const aSecond = (count: number) => Math.round(count / ((end - begin) / 1_000))
  return [
    ['edits a second', aSecond(made)],
    ['reads a second', aSecond(ms.length)],
    ['reads, p50 and p99', `${percentile(ms, 0.5).toFixed(1)} and ${percentile(ms, 0.99).toFixed(1)} ms`],
    ['failed', failures.size === 0 ? 'none' : Array.from(failures, ([why, count]) => `${count}: ${why}`).join('; ')],
    ['streams that tabs opened', streams],
    ['outbox empty, after the last edit', seconds(done)],
    await alertsSince(postgres, since),
  ]
}
