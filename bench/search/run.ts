/** `npm run bench:search`: what a search takes with a million products, and what the same takes in Postgres. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import pg from 'pg'
import { applyMigrations } from '../../lib/platform/migrations.ts'
import { seedCatalog } from '../../prisma/seed/seedCatalog.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import { barsOf, writeReport } from '../lib/report.ts'
import { shopEnvironment } from '../lib/shop.ts'
import { benchStores } from '../lib/stores.ts'
import { multiplyCatalog } from '../scale/multiply.ts'

const SMALL = 4_000
const TIMES = Number(process.env['BENCH_TIMES'] ?? 250)
const RUNS = 200
const LONGEST_MS = 15_000

const stores = await benchStores()
const databaseUrl = Object.assign(new URL(stores.databaseUrl), { pathname: '/evergreen_search' }).href
const server = new pg.Client(stores.databaseUrl)
await server.connect()
await server.query('DROP DATABASE IF EXISTS evergreen_search WITH (FORCE)')
await server.query('CREATE DATABASE evergreen_search')
Object.assign(process.env, shopEnvironment({ ...stores, databaseUrl }))
await applyMigrations(databaseUrl)
await seedCatalog({ databaseUrl, size: SMALL })
await multiplyCatalog(databaseUrl, TIMES)
const [{ loadSearch, searchProducts }, { parseSearch }, { db }, { versionIndex }] = await Promise.all([
  import('../../lib/catalog/search/search.ts'),
  import('../../lib/catalog/search/searchParams.ts'),
  import('../../lib/platform/db.ts'),
  import('../../lib/catalog/coherence.ts'),
])
await versionIndex().connect()
const slugs = await db().category.findMany({ select: { id: true, slug: true } })

type Raw = Parameters<typeof parseSearch>[0]
const search = (raw: Raw, locale: 'en' | 'de' | 'ja' = 'en') => {
  const { query } = parseSearch(raw)
  return searchProducts(query, locale, slugs.find(({ slug }) => slug === query.category)?.id)
}

const before = process.memoryUsage()
const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
const began = performance.now()
await loadSearch()
const loadedMs = performance.now() - began
delay.disable()
globalThis.gc?.()
const after = process.memoryUsage()
const MB = 1_048_576
const megabytes = ({ heapUsed, arrayBuffers }: NodeJS.MemoryUsage) => (heapUsed + arrayBuffers) / MB

/** Filters of one card or more: the brand and the colour of most of them. */
async function fourFacets(): Promise<Raw> {
  const most = (counts: ReadonlyMap<string, number>) => [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? ''
  const open = { q: 'chair', sale: '1', stock: '1' }
  const brand = most((await search(open)).facets.brands)
  return { ...open, brand, colour: most((await search({ ...open, brand })).facets.colours) }
}

const SEARCHES: readonly (readonly [string, Raw, ('en' | 'de' | 'ja')?])[] = [
  ['everything', {}],
  ['one word', { q: 'mist' }],
  ['two words', { q: 'oak chair' }],
  ['two beginnings', { q: 'oa cha' }],
  ['a word between two prices', { q: 'mist', min: '100', max: '200' }],
  ['a slip of the pen', { q: 'headfones' }],
  ['three words in German', { q: 'graue lampe messing' }, 'de'],
  ['a word in Japanese', { q: 'ソファ' }, 'ja'],
  ['a word and four facets', await fourFacets()],
  ['a category by price', { category: 'furniture', sort: 'price-asc' }],
  ['page 100 of a word', { q: 'oak', page: '100' }],
]

async function timed(read: (i: number) => Promise<unknown>): Promise<number[]> {
  await read(0)
  const ms: number[] = []
  const start = performance.now()
  for (let i = 0; i < RUNS && performance.now() - start < LONGEST_MS; i += 1) {
    const at = performance.now()
    await read(i)
    ms.push(performance.now() - at)
  }
  return ms
}

/** Each of several visitors at once, who ask again when they have their answer. */
async function timedAtOnce(visitors: number, read: (i: number) => Promise<unknown>): Promise<number[]> {
  const each = await Promise.all(Array.from({ length: visitors }, (_, i) => timed((n) => read(i + n))))
  return each.flat()
}

const rowOf = (name: string, found: string, ms: readonly number[]): Row => [
  name,
  found,
  percentile(ms, 0.5).toFixed(1),
  percentile(ms, 0.99).toFixed(1),
  ms.length,
]
const rows: Row[] = []
for (const [name, raw, locale] of SEARCHES) {
  const { total } = await search(raw, locale)
  rows.push(rowOf(name, total.toLocaleString('en'), await timed(() => search(raw, locale))))
  process.stdout.write(`${rows.at(-1)?.join(' | ')}\n`)
}

const AT_ONCE = 4
const atOnce = await timedAtOnce(AT_ONCE, (i) => {
  const one = SEARCHES[i % SEARCHES.length]
  return search(one?.[1] ?? {}, one?.[2])
})
const concurrent = rowOf(`all of the above in turn, ${AT_ONCE} at once`, '', atOnce)
process.stdout.write(`${concurrent.join(' | ')}\n`)

// An edit before each search: what the search reads again.
const editor = new pg.Client(databaseUrl)
await editor.connect()
const edited = await timed(async (i) => {
  await editor.query('UPDATE prices SET amount_cents = 1000 + $1 WHERE product_id = $2', [i % 500, 1 + i])
  await search({ q: 'mist' })
})
rows.push(rowOf('one word, after an edit of a price (with the edit)', '', edited))
const many = performance.now()
await editor.query('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id BETWEEN 1000 AND 50999')
const committed = performance.now()
await search({ q: 'mist' })
const afterMany = performance.now() - committed
process.stdout.write(
  `edit of 50,000: ${Math.round(committed - many)} ms, the search after it ${Math.round(afterMany)} ms\n`,
)

/** The same in Postgres: the matches of a text search index, their prices, one page in order, a count that ends at 10,000. */
const inPostgres = (words: string, between: string) => `
  WITH found AS MATERIALIZED (SELECT p.id, p.rank, p.brand, p.colour, pr.amount_cents FROM products p JOIN prices pr ON pr.product_id = p.id
    WHERE p.status = 'active' AND to_tsvector('simple', p.name || ' ' || p.brand || ' ' || translate(p.sku, '-', ' ')) @@ to_tsquery('simple', '${words}') ${between} LIMIT 10001)
  SELECT (SELECT count(*) FROM found), (SELECT json_agg(id) FROM (SELECT id FROM found ORDER BY rank LIMIT 24) page),
    (SELECT json_object_agg(brand, n) FROM (SELECT brand, count(*) AS n FROM found GROUP BY 1) brands),
    (SELECT json_object_agg(colour, n) FROM (SELECT colour, count(*) AS n FROM found GROUP BY 1) colours)`
const postgres: Row[] = []
await editor.query(
  `CREATE INDEX ON products USING gin (to_tsvector('simple', name || ' ' || brand || ' ' || translate(sku, '-', ' ')))`,
)
await editor.query('VACUUM ANALYZE products')
for (const [name, words, between] of [
  ['one word', 'mist:*', ''],
  ['two words', 'oak:* & chair:*', ''],
  ['a word between two prices', 'mist:*', 'AND pr.amount_cents BETWEEN 10000 AND 20000'],
] as const) {
  postgres.push(rowOf(name, '10,000+', await timed(() => editor.query(inPostgres(words, between)))))
  process.stdout.write(`Postgres ${postgres.at(-1)?.join(' | ')}\n`)
}

await editor.end()
await db().$disconnect()
await server.query('DROP DATABASE evergreen_search WITH (FORCE)')
await server.end()
await stores.close()
const columns = ['', 'found', 'p50', 'p99', 'runs']
writeReport({
  file: 'search.md',
  title: 'Searching a million products',
  command: 'npm run bench:search',
  stores: stores.versions,
  plot: { title: 'p99 of a search, ms', bars: barsOf(columns, rows, 'p99'), budget: 50 },
  budgets: barsOf(columns, rows, 'p99').map(({ name, value }) => ({
    what: `p99 ms, ${name}`,
    measured: value,
    atMost: 50,
  })),
  peers: false,
  body: [
    `Milliseconds, with ${(SMALL * TIMES).toLocaleString('en')} products, one search after the other: the catch-up with Postgres, the index, exact counts of all facets, and the 24 cards with their prices from Postgres. "Found" counts cards: the variants of one thing share one. Budget: p99 50 ms.`,
    markdownTable(columns, rows),
    `An instance searches on one core, one search after the other: with ${AT_ONCE} visitors who search at once, each waits for those before. No budget.`,
    markdownTable(columns, [concurrent]),
    `After an edit of 50,000 prices the next search reads all of them again: ${Math.round(afterMany)} ms, once. ` +
      `The index was loaded in ${(loadedMs / 1_000).toFixed(1)} s, in parts that kept the process for ${(delay.percentile(99) / 1e6).toFixed(0)} ms (p99), and takes ${Math.round(megabytes(after) - megabytes(before))} MB of memory.`,
    'The same in Postgres alone: a text search index over the English names, without stems, synonyms and slips; only the first 10,000 matches in no order are looked at, so that neither the page nor the counts are right, and two facets are counted in place of six.',
    markdownTable(columns, postgres),
  ],
})
process.exit(0)
