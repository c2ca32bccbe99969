/**
 * `npm run bench:latency`: from the commit of an edit until each layer of the cluster shows it, alone and under load, with each source of
 * changes. `--sources cdc` measures one source alone, and writes nothing.
 */
import { metricsOf } from '../lib/metrics.ts'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import pg from 'pg'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { prepareShops } from '../lib/build.ts'
import { SOURCES, sourcesOf, withWorker, type Source } from '../lib/changeSource.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { editsFor } from '../lib/edits.ts'
import { type WebInstance, withInstances } from '../lib/instances.ts'
import { paced } from '../lib/paced.ts'
import { someProducts } from '../lib/pages.ts'
import { byPopularity } from '../lib/popularity.ts'
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import { writeReport, type Report } from '../lib/report.ts'
import { benchStores } from '../lib/stores.ts'
import { fetchPage, indexLayer, pageLayer, seenAt } from './observed.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    instances: { type: 'string', default: '2' },
    sources: { type: 'string', default: SOURCES.join() },
  },
})
const sources = sourcesOf(values.sources)
const SECONDS = Number(values.seconds)
const PRODUCTS = 2_000
const IDLE_EDITS = 200
/** Reads and edits a second. The last is what the budget asks for, the others lead up to it. */
const LOADS = [
  [1_000, 1],
  [1_000, 10],
  [1_000, 100],
] as const
const IDLE = 'idle: one edit after the other'
type Load = typeof IDLE | (typeof LOADS)[number]
/** Beyond so many unanswered requests no more are sent: what was not sent is in the table. */
const MOST_READS = 500
const MOST_EDITS = 100

const stores = await benchStores()
const [shop] = await prepareShops([ours], stores, PRODUCTS)
if (!shop) throw new Error('no shop was built')
const pool = new pg.Pool({ connectionString: stores.databaseUrl, max: 20 })
const redis = new Redis(stores.redisUrl)
const edit = await editsFor(ours, pool, stores)
const products = await someProducts(pool, 1_000)

/** @returns `5`, or with what they were: `5: 3 503, 2 ECONNRESET` */
function counted(errors: readonly string[]): string {
  const kinds = [...new Set(errors)].map((kind) => `${errors.filter((error) => error === kind).length} ${kind}`)
  return kinds.length === 0 ? '0' : `${errors.length}: ${kinds.join(', ')}`
}

const popular = byPopularity(products.map(({ path }) => path))

await withInstances(shop, Number(values.instances), stores, {}, async (fleet) => {
  const [first] = fleet
  if (!first) throw new Error('no instance runs')
  const writer: WebInstance = first
  const layers = [indexLayer(redis), ...fleet.map(({ url }, i) => pageLayer(`page of instance ${i + 1}`, url))]

  /** Every page is there again, and the worker has nothing left to do. */
  async function settle(): Promise<void> {
    const left = fleet.flatMap(({ url }) => products.map(({ path }) => url + path))
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let url = left.pop(); url; url = left.pop()) await fetchPage(url)
      }),
    )
    while ((await pool.query('SELECT 1 FROM outbox WHERE done_at IS NULL LIMIT 1')).rowCount) await wait(100)
  }

  async function renders(): Promise<number> {
    const texts = await Promise.all(fleet.map(async ({ url }) => metricsOf(url)))
    return texts
      .flatMap((text) => [...text.matchAll(/^evergreen_page_render_seconds_count\S* (\d+)/gm)])
      .reduce((sum, [, count]) => sum + Number(count), 0)
  }

  /** @returns milliseconds from the commit to the first read that showed it, by layer */
  async function followed(i: number): Promise<number[]> {
    const product = products[i % products.length]
    if (!product) throw new Error('no product')
    const read = async () =>
      (
        await pool.query<{ version: string; at: number }>(
          'SELECT version, EXTRACT(EPOCH FROM version_updated_at)::float8 * 1000 AS at FROM prices WHERE product_id = $1',
          [product.id],
        )
      ).rows[0]
    const next = Number((await read())?.version) + 1
    await edit(product.id, writer)
    const seen = await Promise.all(layers.map((layer) => seenAt(layer, product, next)))
    const at = (await read())?.at ?? 0
    return seen.map((when) => when - at)
  }

  const rows: Row[] = []
  const everywhere: { readonly load: Load; readonly name: string; readonly p50: number; readonly p99: number }[] = []
  const add = (
    source: Source,
    load: Load,
    lags: number[][],
    edits: number,
    rendered: number,
    reads: { made: number; ms: number[]; errors: readonly string[] },
  ) => {
    const name = load === IDLE ? IDLE : `${load[0]} reads and ${load[1]} edits a second asked for`
    const all = lags.map((one) => Math.max(...one))
    const p = (numbers: number[], share: number) =>
      numbers.length === 0 ? '–' : Math.round(percentile(numbers, share))
    everywhere.push({ load, name: `${source}: ${name}`, p50: percentile(all, 0.5), p99: percentile(all, 0.99) })
    rows.push([
      name,
      source,
      edits,
      reads.made,
      rendered,
      ...layers.map(
        (_layer, i) =>
          `${p(
            lags.map((one) => one[i] ?? 0),
            0.5,
          )} / ${p(
            lags.map((one) => one[i] ?? 0),
            0.99,
          )}`,
      ),
      `${p(all, 0.5)} / ${p(all, 0.99)}`,
      `${p(reads.ms, 0.5)} / ${p(reads.ms, 0.99)}`,
      counted(reads.errors),
    ])
    process.stdout.write(`${rows.at(-1)?.join(' | ')}\n`)
  }

  /** Alone, then under each load. */
  async function measure(source: Source): Promise<void> {
    const idle: number[][] = []
    await settle()
    const [idleStart, idleRenders] = [performance.now(), await renders()]
    for (let i = 0; i < IDLE_EDITS; i++) idle.push(await followed(i))
    const idleSeconds = (performance.now() - idleStart) / 1_000
    add(
      source,
      IDLE,
      idle,
      Math.round(IDLE_EDITS / idleSeconds),
      Math.round(((await renders()) - idleRenders) / idleSeconds),
      { made: 0, ms: [], errors: [] },
    )
    for (const load of LOADS) {
      const [readsASecond, editsASecond] = load
      const lags: number[][] = []
      const ms: number[] = []
      const errors: string[] = []
      await settle()
      const [start, before] = [performance.now(), await renders()]
      const [edits, reads] = await Promise.all([
        paced(editsASecond, SECONDS, MOST_EDITS, async (i) => void lags.push(await followed(i))),
        paced(readsASecond, SECONDS, MOST_READS, async (i) => {
          const answer = await fetchPage((fleet[i % fleet.length]?.url ?? '') + popular(i))
          ms.push(answer.ms)
          if (answer.status !== 200) errors.push(answer.error ?? String(answer.status))
        }),
      ])
      const seconds = (performance.now() - start) / 1_000
      add(source, load, lags, Math.round(edits / seconds), Math.round(((await renders()) - before) / seconds), {
        made: Math.round(reads / seconds),
        ms,
        errors,
      })
    }
  }

  const webUrl = fleet.map(({ url }) => url).join(',')
  for (const source of sources)
    await withWorker({ stores, postgres: pool, source, roles: 'relay,invalidator', port: 4_893, webUrl }, () =>
      measure(source),
    )

  const report: Report = {
    file: 'latency.md',
    title: 'From the commit of an edit to every layer',
    command: 'npm run bench:latency',
    stores: stores.versions,
    peers: false,
    plot: {
      title: 'p99 from the commit to every layer, ms',
      bars: everywhere.map(({ name, p99 }) => ({ name, value: p99 })),
      budget: 100,
    },
    budgets: everywhere.flatMap(({ load, name, p50, p99 }) =>
      load === IDLE
        ? [
            { what: `p50 ms, ${name}`, measured: p50, atMost: 5 },
            { what: `p99 ms, ${name}`, measured: p99, atMost: 25 },
          ]
        : load === LOADS.at(-1)
          ? [{ what: `p99 ms, ${name}`, measured: p99, atMost: 100 }]
          : [],
    ),
    body: [
      `Each edit goes through the writer of the back office. As soon as it is answered, each layer is read until it shows the new version, every 2 ms: the index in Redis, and the product's page on each of ${fleet.length} web instances. ` +
        'The lag of a layer is from `version_updated_at` to the **start** of the first read that showed it, which had to wait for a render where it was the first. A worker relays, warms and verifies at the same time, and hears of a commit from the outbox (`triggers`) or from logical replication (`cdc`). Everything, the readers included, shares the cores of one machine. ' +
        'Budgets: idle p50 5 ms and p99 25 ms; at 1,000 reads and 100 edits a second p99 100 ms.',
      markdownTable(
        [
          '',
          'changes from',
          'edits a second, made',
          'reads a second, made',
          'renders a second',
          ...layers.map(({ name }) => `${name}, ms`),
          'every layer, ms',
          'a read takes, ms',
          'errors',
        ],
        rows,
      ),
      'Each pair is p50 / p99. Reads are of 1,000 products by popularity (the n-th is read a n-th as often as the first); the same products are edited in turn. A page shows its related products too, so an edit outdates several pages, ' +
        `and each of them is filled anew when it is read next: where two cores cannot keep up, fewer reads and edits are made than were asked for, because at most ${MOST_READS} and ${MOST_EDITS} are under way. The reads that look for the new version are not counted among the reads made.`,
    ],
  }
  if (sources.length === SOURCES.length) writeReport(report)
  else process.stdout.write(`\n${report.body.join('\n\n')}\n`)
})
await pool.end()
redis.disconnect()
await stores.close()
process.exit(0)
