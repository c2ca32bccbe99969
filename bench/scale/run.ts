/**
 * `npm run bench:scale`: what a page costs that is served from the cache, and every read of the catalog, with a thousand products and with
 * a million. `--sizes 1000000` measures one size alone, and writes nothing.
 */
import { parseArgs } from 'node:util'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import { barsOf, writeReport } from '../lib/report.ts'
import { buildShop } from '../lib/shop.ts'
import { benchStores } from '../lib/stores.ts'
import { catalogs, SMALLEST } from './catalogs.ts'
import { measureReads, type MeasuredRead } from './measureReads.ts'
import { hitTimes, type HitTimes } from './hits.ts'

const ALL = [1_000, 10_000, 100_000, 1_000_000]
const BUDGET_MS = 50

const { values } = parseArgs({ options: { sizes: { type: 'string', default: ALL.join() } } })
const sizes = values.sizes.split(',').map(Number)
if (sizes.some((size) => !Number.isInteger(size) || size < SMALLEST || size % SMALLEST !== 0))
  throw new Error(`--sizes ${values.sizes}: whole thousands with commas between them, such as --sizes 1000,1000000`)

const stores = await benchStores()
const began = performance.now()
const catalog = await catalogs(stores)
const shop = await buildShop(ours, { ...stores, databaseUrl: catalog.databaseUrl })

interface Measured {
  readonly size: number
  readonly hits: HitTimes
  readonly bytesATag: number
  readonly reads: readonly MeasuredRead[]
  readonly search: { readonly seconds: number; readonly megabytes: number }
}
const all: Measured[] = []
for (const size of sizes.toSorted((a, b) => a - b)) {
  const say = (what: string) =>
    process.stdout.write(
      `${Math.round((performance.now() - began) / 1_000)} s  ${size.toLocaleString('en')} products: ${what}\n`,
    )
  say('making them')
  await catalog.grow(size)
  say('filling the version index')
  const bytesATag = await catalog.fillIndex()
  say('pages from the cache')
  const hits = await hitTimes(shop, { ...stores, databaseUrl: catalog.databaseUrl }, catalog.client)
  say('reads')
  all.push({ size, hits, bytesATag, ...(await measureReads(catalog, say)) })
}
await catalog.drop()
await stores.close()

const named = (size: number) => size.toLocaleString('en')
const [first] = all
const last = all.at(-1)
const perSize = markdownTable(
  [
    'products',
    'hit p50, ms',
    'hit p99, ms',
    'CPU of a hit, µs',
    'times',
    'bytes of Redis a version',
    'search loads in s',
    'search takes MB',
    'reads over 50 ms',
  ],
  all.map(({ size, hits, bytesATag, search, reads }): Row => [
    named(size),
    hits.p50.toFixed(2),
    hits.p99.toFixed(2),
    hits.cpu.toFixed(0),
    (hits.cpu / (first?.hits.cpu ?? 1)).toFixed(2),
    bytesATag.toFixed(0),
    search.seconds.toFixed(1),
    search.megabytes.toFixed(0),
    reads.filter(({ ms }) => percentile(ms, 0.99) > BUDGET_MS).length,
  ]),
)
const readsHead = [
  '',
  ...all.flatMap(({ size }) => [`p50, ${named(size)}`, `p99, ${named(size)}`]),
  'whole tables of more than 1,000 rows',
]
const readRows = (last?.reads ?? []).map(({ name, plans }, i): Row => [
  name,
  ...all.flatMap(({ reads }) => [0.5, 0.99].map((share) => percentile(reads[i]?.ms ?? [], share).toFixed(1))),
  [...new Set(plans.flatMap(({ wholeTables }) => wholeTables))].join(', ') || 'none',
])
const wholeTables = new Set((last?.reads ?? []).flatMap(({ plans }) => plans.flatMap((plan) => plan.wholeTables)))
/** Bits or ids of products fill a page. */
const abridged = (plan: string) => plan.replaceAll(/(?<=')[^'\n]{200,}(?=')/g, (text) => `${text.slice(0, 40)}…`)
const plans = (last?.reads ?? []).flatMap(({ name, plans: [...own] }) => {
  const slowest = own.toSorted((a, b) => b.ms - a.ms)[0]
  return slowest ? [`### ${name}\n\n\`\`\`text\n${abridged(slowest.text)}\n\`\`\``] : []
})
const body = [
  'Milliseconds, one read after the other. A hit is a product page that one web instance has in its cache: 500 pages, four readers, the version index with every price of the catalog in it; the middle one of eleven rounds, and the processor time of that instance, which other work on the machine lengthens by little. ' +
    'A larger catalog is the one of 1,000 products several times, with addresses and numbers of its own. Budgets: a hit with a million products takes at most 1.2 times the processor time of one with a thousand; p99 of every read 50 ms.',
  perSize,
  markdownTable(readsHead, readRows),
  `## Plans\n\nWith ${named(last?.size ?? 0)} products, the slowest statement of each read.`,
  ...plans,
]
const slowest = barsOf(readsHead, readRows, `p99, ${named(last?.size ?? 0)}`)
if (values.sizes === ALL.join())
  writeReport({
    file: 'scale.md',
    title: 'From a thousand products to a million',
    command: 'npm run bench:scale',
    stores: stores.versions,
    peers: false,
    body,
    plot: { title: 'p99 with 1,000,000 products, ms', bars: slowest, budget: BUDGET_MS },
    budgets: [
      {
        what: 'processor time of a hit with 1,000,000 products, times that with 1,000',
        measured: (last?.hits.cpu ?? 0) / (first?.hits.cpu ?? 1),
        atMost: 1.2,
      },
      {
        what: 'tables of more than 1,000 rows that a read visits from end to end',
        measured: wholeTables.size,
        atMost: 0,
      },
      ...slowest.map(({ name, value }) => ({ what: `p99 ms, ${name}`, measured: value, atMost: BUDGET_MS })),
    ],
  })
else process.stdout.write(`${body.join('\n\n')}\n`)
process.exit(0)
