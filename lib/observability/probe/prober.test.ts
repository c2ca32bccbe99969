/** The prober on a real database, with pages that say what the test wants. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { reconcileAlerts } from '#lib/alerts/reconcile.ts'
import { probeMetrics } from './metrics.ts'
import { Prober } from './prober.ts'
import type { ProbeTarget } from './reading.ts'
import { openMismatches } from './record.ts'

const ID = 7
let catalog: SeededDatabase
let shop: Server
let target: ProbeTarget
let slug = ''
let answer = { status: 200, version: 1, cents: 0, lists: 200 }

beforeAll(async () => {
  catalog = await seededDatabase(20)
  const product = await catalog.db.product.findUniqueOrThrow({ where: { id: ID }, include: { price: true } })
  slug = product.slug
  answer = { ...answer, cents: product.price?.amountMinor ?? 0 }
  shop = createServer((request, response) => {
    const { status, version, cents, lists } = answer
    const html = `<meta name="price-version" content="${ID}@${version}"/><b data-product-id="${ID}" data-price-version="${version}" data-amount-cents="${cents}"></b>`
    const isPage = request.url === `/en/products/${slug}`
    response.writeHead(isPage ? status : lists).end(isPage && status === 200 ? html : 'nothing')
  }).listen(0, '127.0.0.1')
  await once(shop, 'listening')
  const address = shop.address()
  target = {
    layer: 'page',
    name: 'Web 1',
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
  }
  await catalog.db.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = ${ID}`
})
afterAll(async () => {
  shop.close()
  await catalog.drop()
})

const proberOf = () =>
  new Prober({
    db: catalog.db,
    targets: [target],
    locales: ['en'],
    readsPerRound: 20,
    randomProducts: 0,
    windowMs: 0,
    record: false,
  })
const silentLists = (prober: Prober) =>
  prober.findings().flatMap(({ kind, summary }) => (kind === 'layer-unreachable' ? summary : []))
const found = (prober: Prober) => prober.findings().map(({ kind, detail }) => [kind, detail['productId']])

it('a prober that is started again goes on with what was wrong, and calls nothing right that it has not seen', async () => {
  const first = proberOf()
  await expect
    .poll(async () => (await first.round(), found(first)), { timeout: 20_000 })
    .toEqual([['probe-mismatch', ID]])
  await reconcileAlerts(catalog.db, 'probe', first.findings())
  const open = await openMismatches(catalog.db, 'probe', [target])
  expect(open).toMatchObject([{ task: { path: `/en/products/${slug}`, productId: ID, target } }])

  await catalog.db
    .$executeRaw`UPDATE prices SET version_updated_at = version_updated_at - interval '1 hour' WHERE product_id = ${ID}`
  const second = proberOf()
  second.resume(open)
  await second.round()
  expect(found(second), 'at its first read').toEqual([['probe-mismatch', ID]])
  expect((await reconcileAlerts(catalog.db, 'probe', second.findings())).resolved).toEqual([])
})

it('a list that answers with an error is counted and reported as a page that cannot be read, until it answers', async () => {
  const list = `/en/search?${new URLSearchParams({ category: 'lamps', brand: 'Oak' })}`
  answer = { ...answer, lists: 500 }
  const prober = proberOf()
  const task = { target, path: list, locale: 'en', productId: undefined, change: undefined, rank: 0 }
  prober.resume([{ place: 'page:Web 1:/before', task }])
  const reads = async () =>
    (await probeMetrics().reads.get()).values.find(({ labels }) => labels.verdict === 'unreadable')?.value ?? 0
  const before = await reads()
  await prober.round()
  expect(silentLists(prober), 'after one read').toEqual([])
  expect(await reads()).toBeGreaterThan(before)
  await expect
    .poll(async () => (await prober.round(), silentLists(prober)), { timeout: 20_000 })
    .toContain(`Web 1 (page) does not answer for a list: ${list}. It answered 500.`)
  answer = { ...answer, lists: 200 }
  await expect.poll(async () => (await prober.round(), silentLists(prober)), { timeout: 20_000 }).toEqual([])
})

it('a page that was wrong is not reported when its product is not on sale any more', async () => {
  const prober = proberOf()
  prober.resume(await openMismatches(catalog.db, 'probe', [target]))
  await prober.round()
  expect(found(prober)).toEqual([['probe-mismatch', ID]])
  await catalog.db.$executeRaw`UPDATE products SET status = 'discontinued' WHERE id = ${ID}`
  answer = { ...answer, status: 410 }
  await expect.poll(async () => (await prober.round(), found(prober)), { timeout: 20_000 }).toEqual([])
})
