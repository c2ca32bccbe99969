/** `npm run bench:serve`: a page hit against a bare server, what a miss costs, what entries weigh. */
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import pg from 'pg'
import { ours } from '../../lib/freshness/contract/ours.ts'
import { prepareShops } from '../lib/build.ts'
import { percentile } from '../lib/crowd.ts'
import { keyspaceEvents } from '../lib/keyspaceEvents.ts'
import { readPage, someProducts } from '../lib/pages.ts'
import { table, writeReport, type Row } from '../lib/report.ts'
import { benchStores } from '../lib/stores.ts'
import { builtIn, subjects } from '../lib/subjects.ts'
import { bareServer, shopServer, type Contestant } from './contestants.ts'
import { load, loadGenerator, type Load } from './load.ts'
import { memory } from './memory.ts'
import { misses } from './misses.ts'

const SERVER_CORE = '3'
const LOAD_CORE = '2'
const CONNECTIONS = 32
const PRODUCTS = 2_000
const ENCODINGS = { identity: [], 'gzip, br': ['Accept-Encoding: gzip, deflate, br'] }

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '8' }, entries: { type: 'string', default: '10000' }, misses: { type: 'string', default: '300' } } })
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]

const stores = await benchStores()
const events = await keyspaceEvents(stores.redisUrl)
const postgres = new pg.Pool({ connectionString: stores.databaseUrl, max: 2 })
const shops = await prepareShops(subjects, stores, PRODUCTS)
const redis = new Redis(stores.redisUrl)
const [page] = await someProducts(postgres, 1)
if (!page) throw new Error('the catalog is empty')
const pagePath = page.path
const shopOf = (subject: (typeof subjects)[number]) => {
  const shop = shops.find((candidate) => candidate.subject === subject)
  if (!shop) throw new Error(`no shop with ${subject.name}`)
  return shop
}

const pinned = { cores: SERVER_CORE }
const own = shopServer('Evergreen', shopOf(ours), stores, pinned)
const unchecked = shopServer('Evergreen without the version check', shopOf(ours), stores, { ...pinned, preload: [new URL('withoutCheck.ts', import.meta.url).href] })
const peers = shops.filter(({ subject }) => subject !== ours).map((shop) => shopServer(shop.subject === builtIn ? '`next start`, built-in' : shop.subject.name, shop, stores, pinned))
const bare = await own.run(async ({ url }) => {
  await readPage(url + pagePath)
  return bareServer(url + pagePath, SERVER_CORE)
})
const contestants: Contestant[] = [bare, own, unchecked, ...peers]

async function measure(contestant: Contestant, headers: readonly string[]): Promise<Load> {
  return contestant.run(async ({ url }) => {
    for (let visit = 0; visit < 3; visit++) await readPage(url + pagePath)
    const options = { connections: CONNECTIONS, core: LOAD_CORE, headers }
    await load(url + pagePath, { ...options, seconds: 2 }) // until the compiler is done
    return load(url + pagePath, { ...options, seconds })
  })
}

async function hits(encoding: keyof typeof ENCODINGS, count: number): Promise<Row[]> {
  const measured = new Map<Contestant, Load[]>(contestants.map((contestant) => [contestant, []]))
  for (let round = 0; round < count; round++) {
    for (const contestant of contestants) {
      await redis.flushdb()
      const result = await measure(contestant, ENCODINGS[encoding])
      measured.get(contestant)?.push(result)
      process.stdout.write(`${encoding} round ${round + 1} ${contestant.name}: ${JSON.stringify(result)}\n`)
    }
  }
  const median = (contestant: Contestant, field: keyof Load) => percentile((measured.get(contestant) ?? []).map((result) => result[field]), 0.5)
  const [base, builtInRate] = [median(bare, 'requestsPerSecond'), median(peers[0] ?? bare, 'requestsPerSecond')]
  return contestants.map((contestant) => {
    const rate = median(contestant, 'requestsPerSecond')
    const spread = (measured.get(contestant) ?? []).map(({ requestsPerSecond }) => Math.round(requestsPerSecond))
    return [contestant.name, Math.round(rate), `${Math.min(...spread)} to ${Math.max(...spread)}`, (rate / base).toFixed(3), (rate / builtInRate).toFixed(1), median(contestant, 'p50').toFixed(2), median(contestant, 'p99').toFixed(2)]
  })
}

const HEAD = ['server', 'requests/s (median)', 'all rounds', 'of the bare server', 'times `next start`', 'p50 ms', 'p99 ms']
const plain = await hits('identity', rounds)
const compressed = await hits('gzip, br', 1)
await redis.flushdb()
const missRows = await misses([own, ...peers], await someProducts(postgres, Number(values.misses)), redis)
const memoryRows = await memory(shopOf(ours), shopOf(builtIn), stores, Number(values.entries))
redis.disconnect()
await postgres.end()
await events.restore()
await stores.close()

writeReport({
  file: 'serve.md',
  title: 'Serve: a page hit, a miss, and what entries weigh',
  command: 'npm run bench:serve',
  stores: stores.versions,
  body: [
    `One product page. Each server in turn, alone, pinned to one core; ${loadGenerator} (1 thread, ${CONNECTIONS} keep-alive connections, ${seconds} s after 2 s of warm-up) on another; Redis and Postgres on the rest. ` +
      `${rounds} rounds; the median counts. The bare server is Node's \`http\` with the bytes and headers of our page. Budgets: 0.75 of the bare server, 12 times \`next start\`.`,
    '## A hit, plain bytes',
    table(HEAD, plain),
    '## A hit, as browsers ask for it (`Accept-Encoding: gzip, deflate, br`), one round',
    table(HEAD, compressed),
    'We compress once per entry; `next start` compresses each answer. The bare server sends the plain bytes in both tables.',
    '## A miss',
    table(['server', 'p50 ms', 'p99 ms', 'CPU ms of the server a miss'], missRows),
    `${values.misses} pages that nobody has visited, one after the other, each on the pinned server; the median and the tail of what the visitor waits.`,
    '## Memory',
    table(['server', 'pages visited', 'resident before', 'resident after', 'in L1', 'in Redis', 'on disk'], memoryRows),
    `Each of ${values.entries} pages (product and language) is visited once. L1 is bounded by \`L1_MAX_BYTES\`, 256 MB unless set; the second row gives it room for everything, to show what an entry weighs.`,
  ],
})
process.exit(0)
