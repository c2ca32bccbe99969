/**
 * `npm run bench:edge`: a hit at the edge, on workerd and on Varnish, against the shop itself; and how long it takes from
 * a purge until the edge shows the new price.
 */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { readPage } from '../../lib/verification/readPage.ts'
import type { EdgePort } from '../../lib/cdn/edgePort.ts'
import { LocalEdge } from '../../lib/cdn/adapters/local.ts'
import { VarnishEdge } from '../../lib/cdn/adapters/varnish.ts'
import { startWorker } from '../../edge/local/startWorker.ts'
import { startVarnish } from '../../edge/varnish/startVarnish.ts'
import { freePort } from '../../tools/run/ports.ts'
import { varnishProgram } from '../../tools/services/varnishProgram.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { markdownTable } from '../../tools/figures/markdownTable.ts'
import { startOwnShop } from '../lib/ownShop.ts'
import { barsOf, writeReport } from '../lib/report.ts'
import { load, loadGenerator, type Load } from '../serve/load.ts'
import { processorMs } from './processorTime.ts'
import { PARTS, startSimulators } from './simulators.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    purges: { type: 'string', default: '100' },
  },
})
const [rounds, seconds, purges] = [Number(values.rounds), Number(values.seconds), Number(values.purges)]
const CONNECTIONS = 16
const PRODUCTS = 2_000
const SECRET = 'the-secret-of-the-benchmark-long-enough'

const shop = await startOwnShop(PRODUCTS)
const postgres = new pg.Pool({ connectionString: shop.stores.databaseUrl, max: 1 })
const {
  rows: [product],
} = await postgres.query<{ id: number; slug: string }>(
  "SELECT id, slug FROM products WHERE status = 'active' ORDER BY rank, id LIMIT 1",
)
if (!product) throw new Error('the catalog is empty')
const path = `/en/products/${product.slug}`

const origin = shop.url
const worker = await startWorker({ port: await freePort(), origin, secret: SECRET, trustMs: 3_600_000 })
const varnishd = await varnishProgram(AbortSignal.timeout(300_000))
const varnish = await startVarnish({
  program: varnishd,
  port: await freePort(),
  origin,
  secret: SECRET,
  pageTtlS: 3_600,
  trustS: 3_600,
})
const edges: { name: string; url: string; port: EdgePort | undefined }[] = [
  { name: 'the shop itself (server.ts, from L1, checked)', url: origin, port: undefined },
  {
    name: 'our Worker on workerd (miniflare)',
    url: worker.url,
    port: new LocalEdge({ url: worker.url, secret: SECRET }),
  },
  { name: 'Varnish', url: varnish.url, port: new VarnishEdge({ url: varnish.url, secret: SECRET }) },
]
for (const { port } of edges) {
  await port?.publish([], 0)
  await port?.publish([], 0)
}

/** In turn, so that a busy moment of the machine falls on every edge. */
async function hits(): Promise<Map<string, Load[]>> {
  const measured = new Map<string, Load[]>(edges.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const { name, url } of edges) {
      for (let i = 0; i < 5; i++) await (await fetch(url + path)).text()
      measured.get(name)?.push(await load(url + path, { seconds, connections: CONNECTIONS, core: '0', headers: [] }))
    }
  }
  return measured
}

/** Processor time of workerd: it shows where a hit's time goes, also beside other work of the machine. */
async function partsOfAHit(): Promise<(string | number)[][]> {
  const simulators = await startSimulators()
  const asked = [
    ...PARTS.map(([at, what]) => [simulators.url + at, what] as const),
    [worker.url + path, 'our Worker, a hit'] as const,
  ]
  const rows: (string | number)[][] = []
  for (const [url, what] of asked) {
    await load(url, { seconds: 1, connections: CONNECTIONS, core: '0', headers: [] })
    const before = processorMs('workerd')
    const { requestsPerSecond } = await load(url, { seconds, connections: CONNECTIONS, core: '0', headers: [] })
    rows.push([
      what,
      ((processorMs('workerd') - before) / (requestsPerSecond * seconds)).toFixed(2),
      Math.round(requestsPerSecond),
    ])
  }
  await simulators.stop()
  return rows
}

/** From the call until a read shows the new version. */
async function purgeToFresh(port: EdgePort): Promise<{ call: number[]; fresh: number[] }> {
  const [call, fresh]: [number[], number[]] = [[], []]
  for (let i = 0; i < purges; i++) {
    await readPage(port.url + path)
    const {
      rows: [row],
    } = await postgres.query<{ version: string }>(
      'UPDATE prices SET amount_cents = amount_cents + CASE WHEN amount_cents > 100000 THEN -50000 ELSE 1 END WHERE product_id = $1 RETURNING version',
      [product?.id],
    )
    const version = Number(row?.version)
    // The shop knows of it first: what is measured here is the edge.
    while (((await readPage(origin + path)).statement.versions.get(product?.id ?? 0) ?? 0) < version);
    const start = performance.now()
    const change = [{ kind: 'price' as const, id: product?.id ?? 0, version }]
    await port.publish(change)
    await port.settle?.(change)
    await port.purge([`price:${product?.id}`])
    call.push(performance.now() - start)
    while (((await readPage(port.url + path)).statement.versions.get(product?.id ?? 0) ?? 0) < version);
    fresh.push(performance.now() - start)
  }
  return { call, fresh }
}

const median = (numbers: readonly number[]) => percentile(numbers, 0.5)
const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
const measured = await hits()
const shopRate = median((measured.get(edges[0]?.name ?? '') ?? []).map((one) => one.requestsPerSecond))
const hitRows = edges.map(({ name }) => {
  const loads = measured.get(name) ?? []
  const rates = loads.map((one) => one.requestsPerSecond)
  return [
    name,
    Math.round(median(rates)),
    `${Math.round(Math.min(...rates))} to ${Math.round(Math.max(...rates))}`,
    (median(rates) / shopRate).toFixed(2),
    ms(median(loads.map((one) => one.p50))),
    ms(median(loads.map((one) => one.p99))),
  ]
})
const parts = await partsOfAHit()
const purgeRows: (string | number)[][] = []
for (const { name, port } of edges) {
  if (!port) continue
  const { call, fresh } = await purgeToFresh(port)
  purgeRows.push([name, ...[call, fresh].flatMap((all) => [0.5, 0.99].map((share) => ms(percentile(all, share))))])
}
await worker.stop()
await varnish.stop()
await postgres.end()
await shop.close()

const HIT_HEAD = ['a hit', 'requests a second', 'lowest to highest round', 'against the shop', 'p50', 'p99']
writeReport({
  file: 'edge.md',
  title: 'The edge: a hit, and from a purge to the new price',
  command: 'npm run bench:edge',
  stores: [
    ...shop.stores.versions,
    /varnish-([\d.]+)/
      .exec(spawnSync(varnishd, ['-V'], { encoding: 'utf8' }).stderr)?.[0]
      .replace('varnish-', 'Varnish ') ?? 'Varnish',
    'workerd through miniflare',
  ],
  plot: { title: 'hits a second', bars: barsOf(HIT_HEAD, hitRows, 'requests a second') },
  body: [
    `One product page, ${CONNECTIONS} connections that stay open, by ${loadGenerator}, in ${rounds} rounds of ${seconds} s that take turns; the medians of the rounds. Everything shares one machine.`,
    markdownTable(HIT_HEAD, hitRows),
    `From the call of \`publish\` and \`purge\` until a read of the edge shows the new version, ${purges} times one after the other; the shop had the version already. The read that shows it is in the time.`,
    markdownTable(['purge to fresh', 'call p50', 'call p99', 'fresh p50', 'fresh p99'], purgeRows),
    'The shop beats its own local edge. Where a hit on workerd spends its time:',
    markdownTable(['workerd', 'its processor time a request, ms', 'requests a second'], parts),
    "It is miniflare's KV: it takes the keys of a read one after the other, for each a row of SQLite and then the value from a store of its own, inside workerd. The look into the cache costs less, the Worker's own code little. So visitors that wait at the same moment share one read (`edge/worker/batchedReads.ts`), which began after each of them came; that is why a hit costs less here than a read and a look by themselves. What else could be saved would cost the promise: a read that is remembered (`cacheTtl`) may be older than an acknowledged edit, and an entry in the memory of an isolate is out of reach of a purge by tag. There is one `match` a hit already. The Worker is made for Cloudflare, where KV and the cache are part of the machine; on one's own machines Varnish is the edge to take. It keeps no versions, so what it saves in the check it owes to the two purges of an edit.",
  ],
})
process.exit(0)
