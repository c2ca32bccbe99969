/**
 * The whole system on the engines of a fleet: web instances, a worker and the prober as compose.yaml starts them, on a Redis Cluster of
 * three shards for queue and index, on Sentinels for bodies, and on Postgres behind PgBouncer. A shard's primary dies under load, then
 * the primary of the bodies, and then a new build replaces one instance after the other: no reader sees an invariant broken.
 */
import { createWriteStream } from 'node:fs'
import { expect, test } from '@playwright/test'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { prepareCatalog } from '../../tools/run/catalog.ts'
import type { Ended } from '../coherence/load.ts'
import { describe } from '../coherence/report.ts'
import { run, type Beside, type RunResult } from '../coherence/run.ts'
import { LEASE_MS } from '../lease/bounds.ts'
import { until } from '../lease/servers/until.ts'
import type { ShopProcess } from '../lease/servers/shopProcess.ts'
import { environment } from '../support/environment.ts'
import { measured } from '../support/measured.ts'
import { pgBouncer, type PgBouncer } from '../support/pgBouncer.ts'
import { redisCluster, redisSentinels, type Topology } from '../support/redisTopology.ts'
import { containers, type Containers } from './containers.ts'
import { secondBuild, type SecondBuild } from './secondBuild.ts'

const SHOWN_UNDER_FAULT_MS = LEASE_MS + 1_000 + 2_000
const GIVE_UP_MS = 40_000
/** Reads after which pages are cached, and those of an instance that has just started. */
const CALM_READS = 200
const FIRST_READS = 40
/** By this process for this reader: one that waited for the render of another is no such answer. */
const RENDERED = /^MISS (?:render|next|source)/

const INSTANCES = ['web-1', 'web-2', 'web-3'] as const

let database: SeededDatabase
let index: Topology
let bodies: Topology
let pooler: PgBouncer
let shop: Containers
let next: SecondBuild
let web: ShopProcess[]
let others: ShopProcess[]
let varnish: ShopProcess

test.beforeAll(async () => {
  test.setTimeout(180_000)
  ;[database, index, bodies] = await Promise.all([seededDatabase(60), redisCluster(), redisSentinels()])
  pooler = await pgBouncer(database.url)
  next = secondBuild(process.env['NEXT_DIST_DIR'] ?? '')
  const secret = 'a password of this test, long enough'
  const passwords = {
    OWNER_PASSWORD: secret,
    APP_PASSWORD: secret,
    REDIS_WEB_PASSWORD: secret,
    REDIS_WORKER_PASSWORD: secret,
    REDIS_BODIES_PASSWORD: secret,
    METRICS_TOKEN: secret,
  }
  const variables = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']))
  const addresses = {
    DATABASE_URL: pooler.url,
    DATABASE_DIRECT_URL: database.url,
    REDIS_URL: index.url,
    CACHE_REDIS_URL: bodies.url,
    SHUTDOWN_DRAIN_MS: '200',
    WEB_URLS: INSTANCES.map((name) => `http://${name}:3000`).join(','),
  }
  const owner = { MIGRATION_DATABASE_URL: database.url, CATALOG_SIZE: '60' }
  await prepareCatalog({ ...variables, ...addresses, ...owner }, AbortSignal.timeout(60_000))
  const log = createWriteStream(test.info().outputPath('fleet.log'))
  log.setMaxListeners(0) // each process has two streams
  shop = await containers({ ...passwords, ...variables }, addresses, log)
  web = INSTANCES.map((name) => shop.process(name, build(variables['NEXT_DIST_DIR'])))
  varnish = shop.process('varnish')
  others = [shop.process('worker-1'), varnish, shop.process('prober')]
  await Promise.all(web.map((one) => one.start()))
  for (const one of others) await one.start()
})
test.afterAll(async () => {
  await varnish?.stop('SIGTERM') // killed, it would leave varnishd behind
  await Promise.all([...(others ?? []), ...(web ?? [])].map((one) => one.stop('SIGKILL')))
  await Promise.all([pooler?.close(), index?.close(), bodies?.close()])
  next?.remove()
  await database?.drop()
})

/** The variables of the tests: visitors all come from one network. */
function build(distDir = ''): Readonly<Record<string, string>> {
  const limits = ['REQUESTS_PER_NETWORK', 'REQUESTS_IN_TOTAL', 'STREAMS_PER_NETWORK'].map((name) => [name, '1000000'])
  return { ...Object.fromEntries(limits), NEXT_DIST_DIR: distDir }
}

async function reads({ load }: Beside, count: number): Promise<void> {
  const from = load.counts.reads
  await until(`${count} more reads`, async () => load.counts.reads - from >= count, GIVE_UP_MS)
}

async function untilLive({ writers, products }: Beside): Promise<void> {
  for (const [i, { url }] of web.entries())
    await until(
      `an edit through ${url} is live`,
      async () => (await writers.post(`observer ${i + 1}`, products.slice(i, i + 1), url)) === 'live',
      GIVE_UP_MS,
    )
}

/** @returns of the first pages that each instance answered with after its start, the share that it did not have to render */
async function replaceAll(beside: Beside): Promise<number[]> {
  const shares: number[] = []
  for (const [i, name] of INSTANCES.entries()) {
    await web[i]?.stop('SIGTERM')
    const replacement = shop.process(name, build(next.distDir))
    web[i] = replacement
    const first: string[] = []
    beside.load.watch(({ origin, answer }: Ended) => {
      if ('cache' in answer && origin === replacement.url && /^(HIT|MISS|STALE)/.test(answer.cache))
        first.push(answer.cache)
    })
    await replacement.start()
    await until(`${name} has answered`, async () => first.length >= FIRST_READS, GIVE_UP_MS)
    shares.push(first.slice(0, FIRST_READS).filter((cache) => !RENDERED.test(cache)).length / FIRST_READS)
  }
  return shares
}

test('keeps every promise while a shard dies, the bodies are lost and instances are replaced by a new build', async () => {
  test.setTimeout(180_000)
  for (const name of ['web-1', 'worker-1', 'varnish', 'prober'] as const) expect(await shop.health(name), name).toBe(0)
  let shares: number[] = []
  let failure: unknown
  const result: RunResult = await run({
    origins: web.map(({ url }) => url),
    databaseUrl: database.url,
    email: environment.ADMIN_EMAIL,
    password: environment.ADMIN_PASSWORD,
    locales: ['en', 'de'],
    reads: Infinity,
    readsAnEdit: 40,
    clients: 6,
    products: 6,
    sticky: true,
    storesFail: { web: SHOWN_UNDER_FAULT_MS },
    async beside(beside) {
      try {
        beside.outage.begin()
        await reads(beside, CALM_READS)
        await index.killPrimary()
        await untilLive(beside)
        await bodies.killPrimary()
        await reads(beside, CALM_READS)
        shares = await replaceAll(beside)
        await untilLive(beside)
        beside.outage.heal()
      } catch (error) {
        failure = error
      } finally {
        beside.stop()
      }
    },
  })
  expect(failure).toBeUndefined()
  expect(result.verdict.violations.map(describe)).toEqual([])
  for (const share of shares) expect(share, 'of the first pages').toBeGreaterThanOrEqual(0.5)
  expect(shares).toHaveLength(INSTANCES.length)
  const page = await fetch(`${web[0]?.url}/en`)
  expect(await page.text(), 'the page is of the new build').toContain(next.id)
  measured(
    `${result.counts.reads} reads and ${result.writes.live} live edits over a killed shard, killed bodies and ${INSTANCES.length} instances replaced: no violation; of the first ${FIRST_READS} pages of each new instance ${shares.map((share) => `${share * 100} %`).join(', ')} were hits`,
  )
})
