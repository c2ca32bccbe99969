/** `npm run bench:serve`: a page hit against a bare server, and what a miss costs. `--short` leaves out the published handlers. */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import pg from 'pg'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { prepareShops } from '../lib/build.ts'
import { emptyDatabase } from '../lib/emptyDatabase.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { keyspaceEvents } from '../lib/keyspaceEvents.ts'
import { readPage, someProducts } from '../lib/pages.ts'
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import type { Budget } from '../lib/budget.ts'
import { barsOf, writeReport } from '../lib/report.ts'
import { benchStores } from '../lib/stores.ts'
import { builtIn, subjects } from '../lib/subjects.ts'
import { bareServer, shopServer, type Contestant } from './contestants.ts'
import { load, loadGenerator, type Load } from './load.ts'
import { misses } from './misses.ts'
import { cpuMs } from './processes.ts'

/** With four cores the stores have two of their own; with two the load shares its core with them. */
const CORES = availableParallelism()
const [STORE_CORES, LOAD_CORE, SERVER_CORE] =
  CORES >= 4 ? ['0,1', '2', '3'] : ['0', '0', String(Math.min(1, CORES - 1))]
const CONNECTIONS = 32
const PEER_ROUNDS = 3
const PRODUCTS = 2_000
/** The requests of browsers, and those of a client without compression. */
const ENCODINGS = ['identity', 'gzip, deflate, br'] as const
type Encoding = (typeof ENCODINGS)[number]
/** The least share of the hits of a bare server with the same bytes: the plain body is for the rare client, so its hit may cost more. */
const BUDGETS = { identity: 0.4, 'gzip, deflate, br': 0.75 } as const
const BUDGET_OF_NEXT = 40

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '5' },
    misses: { type: 'string', default: '300' },
    short: { type: 'boolean', default: false },
  },
})
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]

// Else Redis may wake on the core of the server that asks it, and take from what is measured.
const stores = await benchStores({ cores: STORE_CORES })
const events = await keyspaceEvents(stores.redisUrl)
const postgres = new pg.Pool({ connectionString: stores.databaseUrl, max: 2 })
const wanted = values.short ? [ours, builtIn] : subjects
await emptyDatabase(stores.databaseUrl)
const shops = await prepareShops(wanted, stores, PRODUCTS)
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
const unchecked = shopServer('Evergreen without the version check', shopOf(ours), stores, {
  ...pinned,
  preload: [new URL('withoutCheck.ts', import.meta.url).href],
})
const peers = shops
  .filter(({ subject }) => subject !== ours)
  .map((shop) =>
    shopServer(shop.subject === builtIn ? '`next start`, built-in' : shop.subject.name, shop, stores, pinned),
  )
const [barePlain, bareCompressed] = await own.run(async ({ url }) => {
  await readPage(url + pagePath)
  return [
    await bareServer(url + pagePath, ENCODINGS[0], SERVER_CORE),
    await bareServer(url + pagePath, ENCODINGS[1], SERVER_CORE),
  ] as const
})

interface Measured extends Load {
  /** Processor time of the server for a hit, in microseconds: other work on the machine changes it less than the requests a second. */
  readonly cpu: number
}

async function measure(contestant: Contestant, encoding: Encoding): Promise<Measured> {
  return contestant.run(async ({ url, pid }) => {
    for (let visit = 0; visit < 3; visit++) await readPage(url + pagePath)
    const options = { connections: CONNECTIONS, core: LOAD_CORE, headers: [`Accept-Encoding: ${encoding}`] }
    await load(url + pagePath, { ...options, seconds: 2 }) // until the compiler is done
    const before = cpuMs(pid)
    const result = await load(url + pagePath, { ...options, seconds })
    return { ...result, cpu: ((cpuMs(pid) - before) * 1_000) / (result.requestsPerSecond * seconds) }
  })
}

interface Hit {
  readonly name: string
  readonly requestsPerSecond: number
  /** Share of what the bare server did in the same round: the median, and the range. */
  readonly ofBare: number
  readonly lowest: number
  readonly highest: number
  readonly timesNextStart: number
  /** Microseconds of processor time a request. */
  readonly cpu: number
  readonly p50: number
  readonly p99: number
}

async function hits(bare: Contestant, encoding: Encoding, count: number): Promise<Hit[]> {
  const contestants = [bare, own, unchecked, ...peers]
  const measured = new Map<Contestant, Measured[]>(contestants.map((contestant) => [contestant, []]))
  for (let round = 0; round < count; round++) {
    for (const contestant of contestants) {
      // They differ from the fast ones by so much that more rounds show nothing new.
      if (round >= PEER_ROUNDS && peers.includes(contestant)) continue
      await redis.flushdb()
      const result = await measure(contestant, encoding)
      measured.get(contestant)?.push(result)
      process.stdout.write(`${encoding} round ${round + 1} ${contestant.name}: ${JSON.stringify(result)}\n`)
    }
  }
  const baseline = peers[0] ?? bare
  return contestants.map((contestant) => {
    const loads = measured.get(contestant) ?? []
    // Each round by itself: what else the machine does changes from round to round, and touches its neighbours alike.
    const against = (other: Contestant) =>
      loads.flatMap(({ requestsPerSecond }, i) => {
        const beside = measured.get(other)?.[i]
        return beside ? [requestsPerSecond / beside.requestsPerSecond] : []
      })
    const ofBare = against(bare)
    return {
      name: contestant.name,
      requestsPerSecond: Math.round(
        percentile(
          loads.map(({ requestsPerSecond }) => requestsPerSecond),
          0.5,
        ),
      ),
      ofBare: percentile(ofBare, 0.5),
      lowest: Math.min(...ofBare),
      highest: Math.max(...ofBare),
      timesNextStart: percentile(against(baseline), 0.5),
      cpu: percentile(
        loads.map(({ cpu }) => cpu),
        0.5,
      ),
      p50: percentile(
        loads.map(({ p50 }) => p50),
        0.5,
      ),
      p99: percentile(
        loads.map(({ p99 }) => p99),
        0.5,
      ),
    }
  })
}

const rowOf = (hit: Hit): Row => [
  hit.name,
  hit.requestsPerSecond,
  hit.ofBare.toFixed(2),
  `${hit.lowest.toFixed(2)} to ${hit.highest.toFixed(2)}`,
  hit.timesNextStart.toFixed(1),
  hit.cpu.toFixed(0),
  hit.p50.toFixed(2),
  hit.p99.toFixed(2),
]

/** The budgets of the design's section 10, against what was measured. */
function budgetsOf(results: readonly Hit[], encoding: Encoding): Budget[] {
  const found = results.find(({ name }) => name === own.name)
  if (!found) return []
  return [
    { what: `a hit against the bare server, ${encoding}`, measured: found.ofBare, atLeast: BUDGETS[encoding] },
    { what: `a hit against next start, ${encoding}`, measured: found.timesNextStart, atLeast: BUDGET_OF_NEXT },
  ]
}

/** The same in words, with what else is known of it. */
function verdict(results: readonly Hit[], encoding: Encoding): string {
  const found = results.find(({ name }) => name === own.name)
  const free = results.find(({ name }) => name === unchecked.name)
  const [bare] = results
  if (!found || !free || !bare) return ''
  const line = (what: string, value: number, budget: number) =>
    `- ${what}: ${value.toFixed(2)}, budget at least ${budget}: ${value >= budget ? 'kept' : `**missed by ${Math.round(100 * (1 - value / budget))} %**`}.`
  return [
    line('Of the bare server', found.ofBare, BUDGETS[encoding]),
    `- By processor time ${(bare.cpu / found.cpu).toFixed(2)} of the bare server, ${bare.cpu.toFixed(0)} against ${found.cpu.toFixed(0)} µs a request.`,
    line('Times `next start`', found.timesNextStart, BUDGET_OF_NEXT),
    `- The version check costs ${Math.round(100 * (1 - found.ofBare / free.ofBare))} % of the requests that the same server answers without it.`,
  ].join('\n')
}

const HEAD = [
  'server',
  'requests/s',
  'of the bare server',
  'in the rounds',
  'times `next start`',
  'CPU µs a request',
  'p50 ms',
  'p99 ms',
]
const plain = await hits(barePlain, ENCODINGS[0], rounds)
const compressed = await hits(bareCompressed, ENCODINGS[1], rounds)
await redis.flushdb()
const missRows = await misses([own, ...peers], await someProducts(postgres, Number(values.misses)), redis)
redis.disconnect()
await postgres.end()
await events.restore()
await stores.close()

writeReport({
  file: 'serve.md',
  title: 'Serve: a page hit, and a miss',
  command: `npm run bench:serve --${values.short ? ' --short' : ''} --rounds ${rounds} --seconds ${seconds} --misses ${values.misses}`,
  stores: stores.versions,
  plot: { title: 'requests a second, plain bytes', bars: barsOf(HEAD, plain.map(rowOf), 'requests/s') },
  budgets: [...budgetsOf(plain, ENCODINGS[0]), ...budgetsOf(compressed, ENCODINGS[1])],
  body: [
    `One product page. Each server in turn, alone, pinned to one core; ${loadGenerator} (1 thread, ${CONNECTIONS} keep-alive connections, ${seconds} s after 2 s of warm-up) on another${CORES >= 4 ? '; Redis and Postgres on the rest' : ', with Redis and Postgres'}. ` +
      `${rounds} rounds, of which the others take part in the first ${PEER_ROUNDS}; a share is that of the median round, each against the bare server of its own round. CPU is that of the server's process: on a machine with other work it tells more than requests a second. The bare server is Node's \`http\` with the bytes and headers that our page has for the same request. Budgets: of the bare server 0.75 as browsers ask and 0.4 for plain bytes, ${BUDGET_OF_NEXT} times \`next start\`.`,
    '## A hit, plain bytes',
    markdownTable(HEAD, plain.map(rowOf)),
    verdict(plain, ENCODINGS[0]),
    '## A hit, as browsers ask for it (`Accept-Encoding: gzip, deflate, br`)',
    markdownTable(HEAD, compressed.map(rowOf)),
    verdict(compressed, ENCODINGS[1]),
    'We compress once per entry, and the bare server sends those compressed bytes; `next start` compresses each answer.',
    '## A miss',
    markdownTable(['server', 'p50 ms', 'p99 ms', 'CPU ms of the server a miss'], missRows),
    `${values.misses} pages without a visit so far, one after the other, each on the pinned server; the median and the tail of what the visitor waits.`,
  ],
})
process.exit(0)
