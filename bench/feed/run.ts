/** `npm run bench:feed`: what the whole product feed costs, and what pages wait for beside it. BENCH_TIMES multiplies 4,000 products, by default 25: a feed of a million takes ten minutes. */
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import pg from 'pg'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { applyMigrations } from '../../lib/platform/migrations.ts'
import { seedCatalog } from '../../prisma/seed/seedCatalog.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { waitForSearch, withInstances } from '../lib/instances.ts'
import { readPage, someProducts } from '../lib/pages.ts'
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import { barsOf, writeReport } from '../lib/report.ts'
import { buildShop, shopEnvironment } from '../lib/shop.ts'
import { benchStores } from '../lib/stores.ts'
import { multiplyCatalog } from '../scale/multiply.ts'
import { residentBytes } from '../serve/processes.ts'

const SMALL = 4_000
const TIMES = Number(process.env['BENCH_TIMES'] ?? 25)
const MB = 2 ** 20
const PAGES = 100
/** Milliseconds between the beginnings of two page reads. */
const PAGE_EVERY_MS = 20
/** The pages are read for so long where no feed says when it is over. */
const QUIET_MS = 10_000

interface FeedRun {
  readonly seconds: number
  readonly packedBytes: number
  readonly bytes: number
  readonly items: number
}

/**
 * @param locale of the feed @param from its own address, as visitors of other networks have one
 * @throws when the feed is cut off
 */
async function readFeed(url: string, locale: string, from: string): Promise<FeedRun> {
  const began = performance.now()
  let [packedBytes, bytes, items] = [0, 0, 0]
  const asked = get(`${url}/${locale}/feeds/google.xml`, {
    localAddress: from,
    headers: { 'accept-encoding': 'gzip' },
  })
  const [response]: IncomingMessage[] = await once(asked, 'response')
  if (response?.statusCode !== 200) throw new Error(`the feed answered ${response?.statusCode}`)
  response.on('data', (chunk: Buffer) => (packedBytes += chunk.length))
  await pipeline(response, createGunzip(), async (unpacked: AsyncIterable<Buffer>) => {
    let kept = ''
    for await (const chunk of unpacked) {
      bytes += chunk.length
      const all = kept + chunk.toString('latin1')
      items += all.split('</item>').length - 1
      kept = all.slice(all.lastIndexOf('</item>') + 7).slice(-7)
    }
  })
  return { seconds: (performance.now() - began) / 1_000, packedBytes, bytes, items }
}

/** Reads pages from the cache, one after the other, until `stop` is aborted. @returns milliseconds of each */
async function pageTimes(url: string, paths: readonly string[], stop: AbortSignal): Promise<number[]> {
  const ms: number[] = []
  for (let i = 0; !stop.aborted; i++) {
    const began = performance.now()
    await readPage(url + paths[i % paths.length])
    ms.push(performance.now() - began)
    await delay(Math.max(0, PAGE_EVERY_MS - (performance.now() - began)))
  }
  return ms
}

interface Measured {
  readonly feeds: readonly FeedRun[]
  readonly pages: readonly number[]
  readonly peakBytes: number
}

async function beside(
  web: { url: string; pid: number },
  paths: readonly string[],
  work: () => Promise<FeedRun[]>,
): Promise<Measured> {
  const stop = new AbortController()
  let peakBytes = 0
  const sampling = setInterval(() => (peakBytes = Math.max(peakBytes, residentBytes(web.pid))), 250)
  try {
    const reading = work().finally(() => stop.abort())
    const [feeds, pages] = await Promise.all([reading, pageTimes(web.url, paths, stop.signal)])
    return { feeds, pages, peakBytes }
  } finally {
    stop.abort()
    clearInterval(sampling)
  }
}

const stores = await benchStores()
const databaseUrl = Object.assign(new URL(stores.databaseUrl), { pathname: '/evergreen_feed' }).href
const server = new pg.Client(stores.databaseUrl)
await server.connect()
await server.query('DROP DATABASE IF EXISTS evergreen_feed WITH (FORCE)')
await server.query('CREATE DATABASE evergreen_feed')
Object.assign(process.env, shopEnvironment({ ...stores, databaseUrl }))
await applyMigrations(databaseUrl)
await seedCatalog({ databaseUrl, size: SMALL })
await multiplyCatalog(databaseUrl, TIMES)
const shop = await buildShop(ours, { ...stores, databaseUrl })
const catalog = new pg.Client(databaseUrl)
await catalog.connect()

const rows = await withInstances(shop, 1, { ...stores, databaseUrl }, {}, async ([web]) => {
  if (!web) throw new Error('there is no instance')
  await waitForSearch(web.url)
  const paths = (await someProducts(catalog, PAGES)).map(({ path }) => path)
  for (const path of paths) await readPage(web.url + path)
  const measured: (readonly [string, Measured])[] = []
  const take = async (name: string, work: () => Promise<FeedRun[]>) => {
    const found = await beside(web, paths, work)
    measured.push([name, found])
    process.stdout.write(`${rowOf(name, found).join(' | ')}\n`)
  }
  await take('no feed', async () => (await delay(QUIET_MS), []))
  await take('one', async () => [await readFeed(web.url, 'en', '127.0.0.1')])
  await take('one, a second time', async () => [await readFeed(web.url, 'en', '127.0.0.1')])
  await take('four languages at once', () =>
    Promise.all(['en', 'de', 'ja', 'fr'].map((locale, i) => readFeed(web.url, locale, `127.0.0.${i + 2}`))),
  )
  return measured.map(([name, found]) => rowOf(name, found))
})

function rowOf(name: string, { feeds, pages, peakBytes }: Measured): Row {
  const [first] = feeds
  return [
    name,
    first ? Math.min(...feeds.map(({ items }) => items)).toLocaleString('en') : '–',
    first ? Math.max(...feeds.map(({ seconds }) => seconds)).toFixed(1) : '–',
    first ? (first.bytes / MB).toFixed(0) : '–',
    first ? (first.packedBytes / MB).toFixed(0) : '–',
    (peakBytes / MB).toFixed(0),
    percentile(pages, 0.5).toFixed(1),
    percentile(pages, 0.99).toFixed(1),
    pages.length,
  ]
}

await catalog.end()
await server.query('DROP DATABASE evergreen_feed WITH (FORCE)')
await server.end()
await stores.close()
const HEAD = ['feeds', 'items', 's', 'MB', 'MB packed', 'RSS, MB', 'page p50, ms', 'p99, ms', 'pages']
writeReport({
  file: 'feed.md',
  title: 'The product feed of a large catalog',
  command: 'npm run bench:feed',
  stores: stores.versions,
  plot: { title: 'p99 of a page beside so many feeds, ms', bars: barsOf(HEAD, rows, 'p99, ms') },
  body: [
    `One web instance, ${(SMALL * TIMES).toLocaleString('en')} products. Each feed is read as fast as it comes, packed with gzip; beside it a page from the cache is read every ${PAGE_EVERY_MS} ms. The memory is the most that the process had.`,
    markdownTable(HEAD, rows),
  ],
})
process.exit(0)
