/**
 * `npm run bench:retention`: a million edits over years, what the monitor deletes of them, and what reads cost before and after. With
 * fewer, such as `--products 500`, it writes nothing.
 */
import { parseArgs } from 'node:util'
import pg from 'pg'
import { applyMigrations } from '../../lib/platform/migrations.ts'
import { seedCatalog } from '../../prisma/seed/seedCatalog.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import { barsOf, writeReport, type Report } from '../lib/report.ts'
import { shopEnvironment } from '../lib/shop.ts'
import { benchStores } from '../lib/stores.ts'
import { age, edit, TABLES } from './history.ts'

const { values } = parseArgs({
  options: { products: { type: 'string', default: '10000' }, statements: { type: 'string', default: '100' } },
})
const [products, statements] = [Number(values.products), Number(values.statements)]
const isWhole = products * statements >= 1_000_000
const EVERY_DAYS = 10
/** The number of runs of a read. */
const RUNS = 60
/** The share of the time that a table gets: as the check of the monitor has it. */
const SHARE = 0.02
const DAY_MS = 86_400_000
/** Statements that are made once more after the deletion: the room that it left is used again. */
const AGAIN = 10
/** The share by which two runs of one read differ, or a millisecond: a read that takes no more than so much longer is no slower. */
const NOISE = 0.25

const stores = await benchStores()
const databaseUrl = Object.assign(new URL(stores.databaseUrl), { pathname: '/evergreen_retention' }).href
const server = new pg.Client(stores.databaseUrl)
await server.connect()
await server.query('DROP DATABASE IF EXISTS evergreen_retention WITH (FORCE)')
await server.query('CREATE DATABASE evergreen_retention')
Object.assign(process.env, shopEnvironment({ ...stores, databaseUrl }))
await applyMigrations(databaseUrl)
await seedCatalog({ databaseUrl, size: products })
const client = new pg.Client(databaseUrl)
await client.connect()
const say = (text: string) => process.stdout.write(`${text}\n`)

const [
  { db },
  { Prisma },
  { searchReceipts },
  { lagOver },
  { readFreshnessSlo },
  { priceActivity, priceHistory, recentChanges },
  { pricePayloadSql },
  { USUAL_AMOUNT },
  { retention },
  { readAudit },
  { shellPrincipal },
] = await Promise.all([
  import('../../lib/platform/db.ts'),
  import('../../lib/generated/prisma/client.ts'),
  import('../../lib/observability/dashboard/receipts.ts'),
  import('../../lib/observability/dashboard/lag.ts'),
  import('../../lib/observability/dashboard/freshnessSlo.ts'),
  import('../../lib/pricing/history.ts'),
  import('../../lib/catalog/prices/priceSql.ts'),
  import('../../lib/pricing/priceRows.ts'),
  import('../../lib/observability/retention/retention.ts'),
  import('../../lib/audit/readAudit.ts'),
  import('../../lib/access/principal.ts'),
])

const reader = shellPrincipal('bench')
const productOf = (i: number) => 1 + ((i * 7919) % products)
const READS: readonly (readonly [string, (i: number) => Promise<unknown>])[] = [
  ['the ledger: the newest edits', () => searchReceipts(db(), '')],
  ['the ledger: a product', (i) => searchReceipts(db(), String(productOf(i)))],
  ['the history of a product', (i) => priceHistory(productOf(i))],
  ['the newest changes (overview)', () => recentChanges()],
  ['changes of a day, and what is under way (overview)', () => priceActivity()],
  ['the audit log: the newest entries', () => readAudit({}, reader)],
  ['the audit log: a product', (i) => readAudit({ target: `product:${productOf(i)}` }, reader)],
  ['the lag by layer, of a day', () => lagOver(db(), 86_400)],
  ['the nines of a day', () => readFreshnessSlo(db(), '24h')],
  [
    'what 48 prices show, with the lowest of 30 days',
    (i) => db().$queryRaw`
      SELECT ${Prisma.raw(pricePayloadSql('p'))} FROM prices p WHERE p.product_id BETWEEN ${productOf(i)} AND ${productOf(i) + 47}`,
  ],
  [
    'the usual amount of 100 prices (an edit asks for it)',
    (i) => db().$queryRaw`
      SELECT ${USUAL_AMOUNT} FROM prices p WHERE p.product_id BETWEEN ${productOf(i)} AND ${productOf(i) + 99}`,
  ],
]

/** @returns milliseconds of each read, in the middle and the slowest of a hundred */
async function measured(): Promise<readonly (readonly [p50: number, p99: number])[]> {
  const all: (readonly [number, number])[] = []
  for (const [, read] of READS) {
    for (let i = 0; i < 5; i++) await read(i)
    const ms: number[] = []
    for (let i = 0; i < RUNS; i++) {
      const start = performance.now()
      await read(i)
      ms.push(performance.now() - start)
    }
    all.push([percentile(ms, 0.5), percentile(ms, 0.99)])
  }
  return all
}

interface Size {
  readonly rows: number
  readonly bytes: number
}

async function sizes(): Promise<ReadonlyMap<string, Size>> {
  const all = new Map<string, Size>()
  for (const name of TABLES) {
    const { rows } = await client.query<Size>(
      `SELECT count(*)::int AS rows, pg_total_relation_size('${name}')::float8 AS bytes FROM ${name}`,
    )
    if (rows[0]) all.set(name, rows[0])
  }
  return all
}

interface Deleted {
  readonly rows: number
  readonly ms: number
  readonly batches: number
  readonly slowestMs: number
}

/** Without the pauses between rounds. */
async function forgetAll(): Promise<ReadonlyMap<string, Deleted>> {
  const all = new Map<string, Deleted>()
  for (const kept of retention()) {
    let [rows, ms, batches, slowestMs] = [0, 0, 0, 0]
    for (let more = true; more; batches++) {
      const start = performance.now()
      const batch = await kept.forget(db())
      const took = performance.now() - start
      rows += batch.rows
      ms += took
      slowestMs = Math.max(slowestMs, took)
      more = batch.more
    }
    all.set(kept.table, { rows, ms, batches, slowestMs })
    say(
      `${kept.table}: ${rows} rows in ${Math.round(ms)} ms, ${batches} statements, the slowest ${Math.round(slowestMs)} ms`,
    )
  }
  return all
}

const began = performance.now()
for (let i = 0; i < statements; i++) {
  await edit(client, i)
  if (i % 10 === 9)
    say(`${((i + 1) * products).toLocaleString('en')} edits after ${Math.round((performance.now() - began) / 1_000)} s`)
}
await age(client, { statements, products, everyDays: EVERY_DAYS })
const before = await sizes()
const readsBefore = await measured()
const deleted = await forgetAll()
const afterDeletion = await sizes()
const readsDeleted = await measured()
for (const name of TABLES) await client.query(`VACUUM (ANALYZE) ${name}`)
const afterVacuum = await sizes()
const readsVacuumed = await measured()
for (let i = 0; i < AGAIN; i++) await edit(client, i)
const again = await sizes()

const mb = (size: Size | undefined) => ((size?.bytes ?? 0) / 1e6).toFixed(0)
const thousands = (rows: number | undefined) => Math.round((rows ?? 0) / 1_000).toLocaleString('en')
const sum = (of: ReadonlyMap<string, Size>): Size => {
  const all = [...of.values()]
  return { rows: all.reduce((n, { rows }) => n + rows, 0), bytes: all.reduce((n, { bytes }) => n + bytes, 0) }
}
const sizeRows = TABLES.map((name): Row => [
  name,
  thousands(before.get(name)?.rows),
  mb(before.get(name)),
  thousands(afterDeletion.get(name)?.rows),
  mb(afterDeletion.get(name)),
  mb(afterVacuum.get(name)),
  thousands(again.get(name)?.rows),
  mb(again.get(name)),
])
const whole: Row = [
  'all',
  thousands(sum(before).rows),
  mb(sum(before)),
  thousands(sum(afterDeletion).rows),
  mb(sum(afterDeletion)),
  mb(sum(afterVacuum)),
  thousands(sum(again).rows),
  mb(sum(again)),
]
const deletionRows = [...deleted].map(([name, { rows, ms, batches, slowestMs }]): Row => [
  name,
  thousands(rows),
  (ms / 1_000).toFixed(1),
  batches,
  Math.round(slowestMs),
  ms === 0 ? 0 : Math.round(rows / (ms / 1_000)).toLocaleString('en'),
  ms === 0 ? 0 : (((rows / ms) * SHARE * DAY_MS) / 1e6).toFixed(0),
])
const readRows = READS.map(([name], i): Row => [
  name,
  ...[readsBefore, readsDeleted, readsVacuumed].flatMap((reads) => reads[i]?.map((ms) => ms.toFixed(1)) ?? []),
])
await db().$disconnect()
await client.end()
await server.query('DROP DATABASE evergreen_retention WITH (FORCE)')
await server.end()
await stores.close()
const READ_HEAD = ['', 'p50 before', 'p99', 'p50 after the deletion', 'p99', 'p50 after vacuum', 'p99']
const report: Report = {
  file: 'retention.md',
  title: `${(statements * products).toLocaleString('en')} edits, and what is kept of them`,
  command: 'npm run bench:retention',
  stores: stores.versions,
  plot: {
    title: 'median of a read after the deletion and a vacuum, ms',
    bars: barsOf(READ_HEAD, readRows, 'p50 after vacuum'),
  },
  peers: false,
  budgets: READS.map(([name], i) => {
    const [before = 0, after = Infinity] = [readsBefore[i]?.[0], readsVacuumed[i]?.[0]]
    return {
      what: `ms that the median takes longer after the deletion and a vacuum: ${name}`,
      measured: after - before,
      atMost: Math.max(1, before * NOISE),
    }
  }),
  body: [
    `${products.toLocaleString('en')} products, each changed ${statements} times, every ${EVERY_DAYS} days: ${Math.round((statements * EVERY_DAYS) / 365)} years. The triggers write the history; the outbox gets a row for each change, as single edits leave, the audit log an entry for each, and the ledger three layers for each ten of them. ` +
      `All tables are written anew before they are measured, as if they had grown in this order. Then the monitor's deletion runs without its pauses, and a plain \`VACUUM\` as autovacuum does it. At the end ${(AGAIN * products).toLocaleString('en')} more edits, which take the room that was left.`,
    'Thousands of rows, and MB with indexes:',
    markdownTable(
      ['', 'rows before', 'MB', 'rows after the deletion', 'MB', 'MB after vacuum', 'rows after more edits', 'MB'],
      [...sizeRows, whole],
    ),
    'The deletion, in statements of at most 5,000 rows. In a round a table gets 2 % of the time, so that the last column is what the monitor can delete in a day:',
    markdownTable(
      ['', 'thousand rows', 's', 'statements', 'slowest ms', 'rows a second', 'million rows a day'],
      deletionRows,
    ),
    `Reads, milliseconds: ${RUNS} of each, one after the other.`,
    markdownTable(READ_HEAD, readRows),
  ],
}
if (isWhole) writeReport(report)
else say(report.body.join('\n\n'))
