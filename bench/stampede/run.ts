/** `npm run bench:stampede`: 1,000 visitors at once for a page that was just edited, on three instances. */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { prepareShops } from '../lib/build.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { crowd } from '../lib/crowd.ts'
import { editsFor } from '../lib/edits.ts'
import { type WebInstance, withInstances } from '../lib/instances.ts'
import { keyspaceEvents } from '../lib/keyspaceEvents.ts'
import { currentVersions, readPage, someProducts } from '../lib/pages.ts'
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import { barsOf, writeReport } from '../lib/report.ts'
import type { Shop } from '../lib/shop.ts'
import { callsOf, type Statement, statementCounter } from '../lib/statementCounter.ts'
import { benchStores } from '../lib/stores.ts'
import { subjects } from '../lib/subjects.ts'

const INSTANCES = 3
const VISITORS = 1_000
const ROUNDS = 5
const PRODUCTS = 2_000
/** Milliseconds after the last answer in which nothing more is asked of Postgres. */
const QUIET_MS = 500

const { values } = parseArgs({ options: { only: { type: 'string' } } })
const wanted = subjects.filter(({ name }) => values.only === undefined || name === values.only)
const stores = await benchStores({ countsStatements: true })
const events = await keyspaceEvents(stores.redisUrl)
const counter = await statementCounter(stores.databaseUrl)
const pool = new pg.Pool({ connectionString: stores.databaseUrl, max: 2 })
const client = new pg.Client(stores.databaseUrl)
await client.connect()

interface Round {
  readonly renders: number
  readonly queries: number
  readonly productReads: number
  readonly stale: number
  readonly errors: number
  readonly p50: number
  readonly p99: number
}

/** The statement of a product page, and no other, asks for related products. */
const readsProduct = ({ sql }: Statement) => sql.includes('related_products')
/** The statements of our processes by the clock, with visitors or without: for the lease of the index, and for each other. */
const isUpkeep = ({ sql }: Statement) => /index_term|indexed_at IS NULL ORDER|heartbeats/.test(sql)

/** A change of a page. It returns what only a page that has it contains. */
type Change = (productId: number, at: WebInstance) => Promise<string>

/** The page of ours is filled anew, that of the others rendered. */
async function priceChanges(shop: Shop): Promise<Change> {
  const edit = await editsFor(shop.subject, pool, stores)
  return async (productId, at) => {
    await edit(productId, at)
    return ` content="${productId}@${(await currentVersions(client)).get(productId) ?? 0}`
  }
}

/** The page is rendered. */
async function nameChanges(): Promise<Change> {
  const { coherence } = await import('../../lib/catalog/coherence.ts')
  await coherence().index.connect()
  return async (id) => {
    const name = `A name that is new ${randomUUID()}`
    const { rows } = await client.query<{ version: string }>(
      'UPDATE products SET name = $2 WHERE id = $1 RETURNING version',
      [id, name],
    )
    await coherence().publisher.publish([{ kind: 'product', id, version: Number(rows[0]?.version) }])
    return name
  }
}

async function rounds(shop: Shop, change: Change): Promise<Round[]> {
  const products = await someProducts(client, ROUNDS)
  return withInstances(shop, INSTANCES, { databaseUrl: counter.url, redisUrl: stores.redisUrl }, {}, async (fleet) => {
    const results: Round[] = []
    for (const { id, path } of products) {
      let mark = ''
      for (const { url } of fleet) for (let visit = 0; visit < 3; visit++) await readPage(url + path)
      const urls = Array.from({ length: VISITORS }, (_, i) => (fleet[i % INSTANCES]?.url ?? '') + path)
      const answers = await crowd(
        urls,
        (url) => new URL('/icon.svg', url).href,
        async () => {
          if (fleet[0]) mark = await change(id, fleet[0])
          await wait(QUIET_MS)
          await counter.reset()
        },
      )
      await wait(QUIET_MS)
      const executed = (await counter.executed()).filter((statement) => !isUpkeep(statement))
      const fresh = answers.filter(({ body }) => body.includes(mark))
      results.push({
        renders: new Set(fresh.map(({ body }) => /name="rendered-at" content="([^"]*)"/.exec(body)?.[1])).size,
        queries: callsOf(executed),
        productReads: callsOf(executed.filter(readsProduct)),
        stale: answers.filter(({ status, body }) => status === 200 && !body.includes(mark)).length,
        errors: answers.filter(({ status }) => status !== 200).length,
        p50: percentile(
          answers.map(({ ms }) => ms),
          0.5,
        ),
        p99: percentile(
          answers.map(({ ms }) => ms),
          0.99,
        ),
      })
      if (values.only !== undefined)
        process.stdout.write(
          `${JSON.stringify(results.at(-1))}\n${executed.map(({ sql, calls }) => `${calls} ${sql.slice(0, 150)}`).join('\n')}\n`,
        )
    }
    return results
  })
}

const range = (numbers: number[]) => {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
  return low === high ? String(low) : `${low} to ${high}`
}
const rows: Row[] = []
const own: Round[] = []
const shops = await prepareShops(wanted, stores, PRODUCTS)
const series: { name: string; shop: Shop; change: Change }[] = []
for (const shop of shops) {
  const { name } = shop.subject
  series.push({ name: shop.subject === ours ? `${name}, a price` : name, shop, change: await priceChanges(shop) })
  if (shop.subject === ours) series.push({ name: `${name}, a name`, shop, change: await nameChanges() })
}
for (const { name, shop, change } of series) {
  const all = await rounds(shop, change)
  if (shop.subject === ours) own.push(...all)
  rows.push([
    name,
    range(all.map(({ renders }) => renders)),
    range(all.map(({ queries }) => queries)),
    range(all.map(({ productReads }) => productReads)),
    range(all.map(({ stale }) => stale)),
    range(all.map(({ errors }) => errors)),
    Math.round(
      percentile(
        all.map(({ p50 }) => p50),
        0.5,
      ),
    ),
    Math.round(
      percentile(
        all.map(({ p99 }) => p99),
        0.5,
      ),
    ),
  ])
  process.stdout.write(`${rows.at(-1)?.join(' | ')}\n`)
}
await counter.close()
await Promise.all([pool.end(), client.end()])
await events.restore()
await stores.close()

const HEAD = [
  'handler',
  'different fresh renders seen',
  'database queries',
  'of them the product',
  'stale answers',
  'errors',
  'p50 ms',
  'p99 ms',
]
if (values.only === undefined) {
  writeReport({
    file: 'stampede.md',
    title: `Stampede: ${VISITORS} visitors at once for an invalidated page`,
    command: 'npm run bench:stampede',
    stores: stores.versions,
    plot: { title: 'p99 of the visitors, ms', bars: barsOf(HEAD, rows, 'p99 ms') },
    budgets: [
      { what: 'renders', measured: Math.max(...own.map(({ renders }) => renders)), atMost: 1 },
      { what: 'database queries', measured: Math.max(...own.map(({ queries }) => queries)), atMost: 3 },
      {
        what: 'errors and stale answers',
        measured: own.reduce((sum, one) => sum + one.errors + one.stale, 0),
        atMost: 0,
      },
    ],
    body: [
      `${INSTANCES} instances have the page. Its price changes, which ours needs no render for, or its name; the edit is acknowledged, and ${VISITORS} visitors on open connections ask for it in the same moment, spread over the instances. ` +
        `${ROUNDS} rounds on different products; a range is the lowest and the highest of them. Budget: 1 render, at most 3 database queries, no error.`,
      markdownTable(HEAD, rows),
      'Renders are distinguished by the `rendered-at` of the pages; queries are the statements of the instances, as pg_stat_statements counts them, without those that our processes ask by the clock (the lease of the index, heartbeats). ' +
        'A stale answer shows an older version than the acknowledged one. Client and servers share the machine: the milliseconds compare the handlers, they are not those of a network. ' +
        "Next's built-in handler invalidates only the instance that got the edit: the answers of the other two are its stale ones. @mrjasonroy's configuration keeps no page: its visitors share the render that is under way on their instance, and the next one starts another.",
    ],
  })
}
process.exit(0)
