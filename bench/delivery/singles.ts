/** Single edits at a steady rate, beside readers. */
import { Acknowledged } from '../edits/acknowledged.ts'
import { sqlEdits } from '../edits/editors.ts'
import { Visitors } from '../edits/visit.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { statementOf } from '../lib/pages.ts'
import { paced } from '../lib/paced.ts'
import { byPopularity } from '../lib/popularity.ts'
import type { Row } from '../../tools/figures/markdownTable.ts'
import { alertsSince, databaseNow, seconds, type Site, until } from './site.ts'

const MOST_AT_ONCE = 64
/** One read in so many is looked into. */
const LOOK_EVERY = 10

/** @param rate edits a second, and reads a second @param lasts in seconds */
export async function singleEdits(site: Site, rate: number, lasts: number): Promise<Row[]> {
  const { postgres, webUrl, products } = site
  const since = await databaseNow(postgres)
  const acknowledged = new Acknowledged()
  const edit = sqlEdits(
    postgres,
    products.map(({ id }) => id),
    acknowledged,
  )
  const page = byPopularity(products.map(({ path }) => webUrl + path))
  const visitors = new Visitors()
  for (const { path } of products) await visitors.visit(webUrl + path, () => false)
  const ms: number[] = []
  const missed: number[] = []
  let [errors, editErrors] = [0, 0]

  const read = async (i: number) => {
    const visit = await visitors.visit(page(i), () => i % LOOK_EVERY === 0)
    ms.push(visit.ms)
    if (visit.error) errors++
    if (visit.html === undefined) return
    const late = acknowledged.missedFor(statementOf(visit.html).versions, visit.start)
    if (late !== undefined) missed.push(late)
  }
  const [edits, reads] = await Promise.all([
    paced(rate, lasts, MOST_AT_ONCE, (i) => edit(i).catch(() => void editErrors++)),
    paced(rate, lasts, MOST_AT_ONCE, read),
  ])
  const last = performance.now()
  const indexed = await until(postgres, 'indexed_at IS NULL', last)
  const done = await until(postgres, 'done_at IS NULL', last)
  visitors.close()
  return [
    ['edits a second, reached', Math.round(edits / lasts)],
    ['edits that failed', editErrors],
    ['reads a second, reached', Math.round(reads / lasts)],
    ['reads that failed', errors],
    ['reads, p50 and p99', `${percentile(ms, 0.5).toFixed(1)} and ${percentile(ms, 0.99).toFixed(1)} ms`],
    [
      'of the reads looked into, older than a commit before them',
      `${missed.length} of ${Math.floor(reads / LOOK_EVERY)}`,
    ],
    ['the oldest of these, after its commit', missed.length === 0 ? '–' : `${Math.max(...missed).toFixed(0)} ms`],
    ['in the index, after the last edit', seconds(indexed)],
    ['outbox empty, after the last edit', seconds(done)],
    await alertsSince(postgres, since),
  ]
}
