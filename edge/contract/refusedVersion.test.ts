/** A version that the edge refuses, which a database without its checks can hold: it costs its own row and no other. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { LocalEdge } from '#lib/cdn/adapters/local.ts'
import { EdgeVersions } from '#lib/cdn/edgeVersions.ts'
import { EdgeDelivery } from '#lib/delivery/cdnDelivery.ts'
import { useEdge } from '#lib/cdn/edgePort.ts'
import { pendingOutbox } from '#lib/delivery/outbox.ts'
import { versionSource } from '#lib/catalog/coherence.ts'
import type { VersionSource } from '#lib/coherence/index.ts'
import { readPage } from '#lib/verification/readPage.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { confirmEdge } from '../../workers/edgeConfirmer.ts'
import { freePort } from '../../tools/run/ports.ts'
import { type LocalWorker, startWorker } from '../local/startWorker.ts'
import { SECRET } from './edgesUnderTest.ts'
import { onePageShop, PATH, PRODUCT, type OnePageShop } from './shop.ts'

const PATIENCE = { timeout: 20_000 }
const TRUST_MS = 4_000
const BAD = 7
/** One more than a JavaScript number can distinguish from its neighbours. */
const TOO_HIGH = 2n ** 53n + 2n

let catalog: SeededDatabase
let source: VersionSource
let shop: OnePageShop
let worker: LocalWorker
let edge: LocalEdge
let delivery: EdgeDelivery

beforeAll(async () => {
  catalog = await seededDatabase(60)
  source = versionSource(() => catalog.db)
  stubEnvironment({ databaseUrl: catalog.url, redisUrl: 'redis://127.0.0.1:1' })
  await forget()
  await catalog.db.$executeRaw`ALTER TABLE prices DROP CONSTRAINT IF EXISTS prices_version_exact, DISABLE TRIGGER USER`
  await catalog.db.$executeRaw`ALTER TABLE outbox DROP CONSTRAINT IF EXISTS outbox_versions_exact`
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await catalog.drop()
})
beforeEach(async () => {
  shop = await onePageShop()
  worker = await startWorker({ port: await freePort(), origin: shop.url, secret: SECRET, trustMs: TRUST_MS })
  edge = new LocalEdge({ url: worker.url, secret: SECRET, timeoutMs: 2_000 })
  useEdge(edge)
  delivery = new EdgeDelivery({
    db: catalog.db,
    source,
    edge,
    longestRenderMs: 60_000,
    quarantineMs: 300,
    alertAfterMs: 500,
  })
}, 60_000)
afterEach(async () => {
  useEdge(undefined)
  await delivery.stop()
  await worker.stop()
  await shop.stop()
  await forget()
  await catalog.db.alert.deleteMany()
})

const cache = async () => (await readPage(edge.url + PATH)).headers['x-cache']
/** Marks all changes so far as delivered long ago. */
const forget = () =>
  catalog.db.$executeRaw`UPDATE outbox SET done_at = clock_timestamp(), created_at = created_at - interval '1 day'`

/** As the trigger does; its page shows it. @returns the id of the outbox row */
async function set(productId: number, version: bigint): Promise<bigint> {
  const { slug } = await catalog.db.product.findUniqueOrThrow({ where: { id: productId } })
  shop.others.set(`/en/products/${slug}`, `${productId}@${version}`)
  await catalog.db.$executeRaw`UPDATE prices SET version = ${version} WHERE product_id = ${productId}`
  const [row] = await catalog.db.$queryRaw<{ id: bigint }[]>`
    INSERT INTO outbox (topic, entity_ids, versions, created_at) VALUES ('price', ARRAY[${productId}::int], ARRAY[${version}::bigint], clock_timestamp()) RETURNING id`
  return row?.id ?? 0n
}

const waiting = () => catalog.db.outbox.findMany({ where: { doneAt: null }, select: { id: true, lastError: true } })
const alerts = () => catalog.db.alert.findMany({ where: { resolvedAt: null } })

async function takeAll(): Promise<void> {
  delivery.take(
    await pendingOutbox(
      catalog.db,
      (await waiting()).map(({ id }) => id.toString()),
    ),
    { id: 'one', attempt: 1 },
  )
}

it('delivers every other row, alerts with the name of the tag, and delivers the row itself once it is mended', async () => {
  const bad = await set(BAD, TOO_HIGH)
  for (const other of [1, 2, 3, 4, PRODUCT]) await set(other, 2n)
  await takeAll()
  await expect.poll(waiting, PATIENCE).toEqual([{ id: bad, lastError: expect.stringContaining(`price:${BAD}@`) }])
  await expect.poll(alerts, PATIENCE).toMatchObject([
    {
      kind: 'purge-failing',
      severity: 'critical',
      summary: expect.stringContaining(`price:${BAD}@`),
      detail: { productId: BAD },
    },
  ])

  // Later changes are not held up.
  await set(PRODUCT, 3n)
  await takeAll()
  await expect.poll(async () => (await waiting()).map(({ id }) => id), PATIENCE).toEqual([bad])
  expect(await alerts()).toHaveLength(1)

  await catalog.db.$executeRaw`UPDATE prices SET version = 3 WHERE product_id = ${BAD}`
  const { slug } = await catalog.db.product.findUniqueOrThrow({ where: { id: BAD } })
  shop.others.set(`/en/products/${slug}`, `${BAD}@3`)
  await expect.poll(waiting, PATIENCE).toEqual([])
  await expect.poll(alerts, PATIENCE).toEqual([])
})

it('delivers every other row while one page does not show its change, and that row once it does', async () => {
  const { slug } = await catalog.db.product.findUniqueOrThrow({ where: { id: 8 } })
  const old = await set(8, 5n)
  shop.others.set(`/en/products/${slug}`, '8@4')
  for (const other of [1, 2, PRODUCT]) await set(other, 5n)
  await takeAll()
  await expect
    .poll(waiting, PATIENCE)
    .toEqual([{ id: old, lastError: expect.stringContaining('still shows version 4') }])
  await expect.poll(alerts, PATIENCE).toMatchObject([{ kind: 'purge-failing', detail: { productId: 8 } }])
  shop.others.set(`/en/products/${slug}`, '8@5')
  await expect.poll(waiting, PATIENCE).toEqual([])
  await expect.poll(alerts, PATIENCE).toEqual([])
})

it('confirms the edge, which goes on showing what it keeps', async () => {
  await set(BAD, TOO_HIGH)
  const stop = new AbortController()
  const confirming = confirmEdge(edge, source, stop.signal)
  try {
    await expect.poll(cache, PATIENCE).toBe('HIT edge')
    const until = performance.now() + 1.5 * TRUST_MS
    const caches = new Set<string | undefined>()
    await expect
      .poll(async () => {
        caches.add(await cache())
        return performance.now() > until
      }, PATIENCE)
      .toBe(true)
    expect([...caches]).toEqual(['HIT edge'])
  } finally {
    stop.abort()
    await confirming
  }
})

it('holds up no edit of another product, and answers its own edit that the edge may be behind', async () => {
  const versions = new EdgeVersions(() => edge)
  expect(await versions.beforeIndex([{ kind: 'price', id: BAD, version: Number(TOO_HIGH) }])).toBe(false)
  expect(await versions.beforeIndex([{ kind: 'price', id: 1, version: 2 }])).toBe(true)
})
