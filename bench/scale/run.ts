/** `npm run bench:scale`: what a page costs that is served from the cache, and what it reads from Postgres when it is made, with 1,000 products and with 1,000,000. */
import pg from 'pg'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { applyMigrations } from '../../lib/platform/migrations.ts'
import { seedCatalog } from '../../prisma/seed/seedCatalog.ts'
import { percentile } from '../lib/crowd.ts'
import { barsOf, table, writeReport, type Row } from '../lib/report.ts'
import { buildShop, shopEnvironment } from '../lib/shop.ts'
import { benchStores } from '../lib/stores.ts'
import { hitTimes } from './hits.ts'
import { multiplyCatalog } from './multiply.ts'

const SMALL = 1_000
const TIMES = 1_000
const RUNS = 200
/** A budget of time for what is slow: milliseconds after which no further run is begun. */
const LONGEST_MS = 20_000

const stores = await benchStores()
// Of its own: in that of the other benchmarks are as many products as the largest of them needed.
const databaseUrl = Object.assign(new URL(stores.databaseUrl), { pathname: '/evergreen_scale' }).href
const server = new pg.Client(stores.databaseUrl)
await server.connect()
await server.query('DROP DATABASE IF EXISTS evergreen_scale WITH (FORCE)')
await server.query('CREATE DATABASE evergreen_scale')
Object.assign(process.env, shopEnvironment({ ...stores, databaseUrl }))
await applyMigrations(databaseUrl)
await seedCatalog({ databaseUrl, size: SMALL })
const shop = await buildShop(ours, { ...stores, databaseUrl })
const catalog = new pg.Client(databaseUrl)
await catalog.connect()
const [
  { readCategoryTotal, readProduct, readProductList },
  { searchProducts },
  { parseSearch },
  { db },
  { coherence, versionIndex },
] = await Promise.all([
  import('../../lib/catalog/queries.ts'),
  import('../../lib/catalog/search/search.ts'),
  import('../../lib/catalog/search/searchParams.ts'),
  import('../../lib/platform/db.ts'),
  import('../../lib/catalog/coherence.ts'),
])
await versionIndex().connect()

const search = (words: Parameters<typeof parseSearch>[0]) => () => {
  const { query } = parseSearch(words)
  return searchProducts(query, 'en', categories.find(({ slug }) => slug === query.category)?.id)
}
const categories = await db().$queryRaw<{ id: number; slug: string }[]>`
  SELECT c.id, c.slug FROM categories c JOIN product_categories pc ON pc.category_id = c.id WHERE c.kind = 'category' GROUP BY c.id ORDER BY count(*) DESC, c.slug`
const [largest, smallest] = [categories[0]?.slug ?? '', categories.at(-1)?.slug ?? '']
const slugs = (await db().product.findMany({ where: { status: 'active' }, select: { slug: true } })).map(
  ({ slug }) => slug,
)
const [word = ''] = (await db().product.findFirstOrThrow({ orderBy: { id: 'asc' } })).name.split(' ').slice(-1)

const READS: readonly (readonly [string, (i: number) => Promise<unknown>])[] = [
  ['a product', (i) => readProduct(slugs[i % slugs.length] ?? '')],
  ['first page of the largest category', () => readProductList(largest, 'category', 1)],
  ['first page of the smallest category', () => readProductList(smallest, 'category', 1)],
  ['page 7 of the largest category', () => readProductList(largest, 'category', 7)],
  ['its number of products (once a change of the category)', () => readCategoryTotal(largest)],
  ['search without a filter', search({})],
  [`search for a word (${word})`, search({ q: word })],
  ['search by price', search({ sort: 'price-asc' })],
  ['search by name', search({ sort: 'name' })],
  ['search in the smallest category', search({ category: smallest })],
  ['search between two prices', search({ min: '10', max: '20' })],
]

async function measured(): Promise<number[][]> {
  const all: number[][] = []
  for (const [, read] of READS) {
    await read(0)
    const ms: number[] = []
    const begin = performance.now()
    for (let i = 0; i < RUNS && performance.now() - begin < LONGEST_MS; i++) {
      const start = performance.now()
      await read(i)
      ms.push(performance.now() - start)
    }
    all.push(ms)
  }
  return all
}

/** As when every price of the catalog had been read once. */
async function fillIndex(): Promise<void> {
  const { rows } = await catalog.query<{ id: number; version: string }>(
    'SELECT product_id AS id, version FROM prices ORDER BY product_id',
  )
  for (let i = 0; i < rows.length; i += 1_000) {
    await coherence().publisher.publish(
      rows.slice(i, i + 1_000).map(({ id, version }) => ({ kind: 'price' as const, id, version: Number(version) })),
    )
  }
}

await fillIndex()
const [smallHits, small] = [await hitTimes(shop, { ...stores, databaseUrl }, catalog), await measured()]
process.stdout.write(`making ${(SMALL * TIMES).toLocaleString('en')} products …\n`)
await multiplyCatalog(databaseUrl, TIMES)
await fillIndex()
const [largeHits, large] = [await hitTimes(shop, { ...stores, databaseUrl }, catalog), await measured()]
const p = (ms: readonly number[] | undefined, share: number) => percentile(ms ?? [], share).toFixed(1)
const ms = (value: number) => value.toFixed(2)
const hits: Row = [
  'a page from the cache',
  ms(smallHits.p50),
  ms(smallHits.p99),
  ms(largeHits.p50),
  ms(largeHits.p99),
  (largeHits.p50 / smallHits.p50).toFixed(2),
  largeHits.requests,
]
const rows = READS.map(([name], i): Row => [
  name,
  p(small[i], 0.5),
  p(small[i], 0.99),
  p(large[i], 0.5),
  p(large[i], 0.99),
  (percentile(large[i] ?? [], 0.5) / percentile(small[i] ?? [], 0.5)).toFixed(1),
  large[i]?.length ?? 0,
])
await db().$disconnect()
await catalog.end()
await server.query('DROP DATABASE evergreen_scale WITH (FORCE)')
await server.end()
await stores.close()
const HEAD = ['', 'p50, 1,000', 'p99, 1,000', 'p50, 1,000,000', 'p99, 1,000,000', 'times', 'runs']
writeReport({
  file: 'scale.md',
  title: 'A thousand products, and a million',
  command: 'npm run bench:scale',
  stores: stores.versions,
  plot: { title: 'p99 with 1,000,000 products, ms', bars: barsOf(HEAD, [hits, ...rows], 'p99, 1,000,000'), budget: 50 },
  budgets: [
    {
      what: 'a hit with 1,000,000 products, times that with 1,000',
      measured: largeHits.p50 / smallHits.p50,
      atMost: 1.2,
    },
    ...barsOf(HEAD, rows, 'p99, 1,000,000').map(({ name, value }) => ({
      what: `p99 ms, ${name}`,
      measured: value,
      atMost: 50,
    })),
  ],
  peers: false,
  body: [
    `Milliseconds. First a page that one web instance has in its cache: 500 product pages, four readers, the version index with every price of the catalog in it; the middle one of eleven rounds. Then what a page reads from Postgres when it is made, one read after the other. ` +
      `The large catalog is the small one ${TIMES.toLocaleString('en')} times, with addresses and numbers of its own. Budgets: a hit at most 1.2 times the time, p99 50 ms for a listing query at 1,000,000 products.`,
    table(HEAD, [hits, ...rows]),
    'A search counts and pages through 10,000 matches. A page far into a category costs as much as all pages before it.',
  ],
})
process.exit(0)
