/** Incident 11: a purge of a mistyped path answered 200, and the stale page stayed for days. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CloudflareEdge } from '#lib/cdn/adapters/cloudflare.ts'
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import { versionSource } from '#lib/catalog/coherence.ts'
import { EdgeDelivery } from '#lib/delivery/cdnDelivery.ts'
import { pendingOutbox } from '#lib/delivery/outbox.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { readPage } from '#lib/verification/readPage.ts'
import { onePageShop, type OnePageShop, PRODUCT } from '../../edge/contract/shop.ts'
import { cloudflare, type Vendor } from '../../edge/contract/vendors.ts'
import { tell, Timeline } from './story/story.ts'

/** Milliseconds: the budget of a shop is seconds, and the read is repeated for three of them before it counts as failed. */
const ALERT_AFTER_MS = 1_000
const ALERT_WITHIN_MS = 15_000
const READS = 20

let catalog: SeededDatabase
let shop: OnePageShop
let vendor: Vendor
/** The page of the product, which the CDN keeps. */
let page: string
beforeAll(async () => {
  catalog = await seededDatabase(60)
  const { slug } = await catalog.db.product.findUniqueOrThrow({ where: { id: PRODUCT } })
  page = `/en/products/${slug}`
  shop = await onePageShop()
  vendor = await cloudflare(shop.url)
})
afterAll(async () => {
  await vendor.stop()
  await shop.stop()
  await catalog.drop()
})

const shown = async () => (await readPage(vendor.url + page)).statement.versions.get(PRODUCT)
async function read(timeline: Timeline): Promise<void> {
  for (let i = 0; i < READS; i++) timeline.read((await shown()) === shop.version ? 'current' : 'stale')
}

/** Changes the price, in the shop too. */
async function edit() {
  const { version } = await catalog.db.price.update({
    where: { productId: PRODUCT },
    data: { amountMinor: { increment: 1 } },
  })
  shop.version = Number(version)
  const open = await catalog.db.outbox.findMany({ where: { doneAt: null }, select: { id: true } })
  return pendingOutbox(
    catalog.db,
    open.map(({ id }) => id.toString()),
  )
}

/** Our adapter of the vendor, in which the address of what is purged is mistyped or not. */
function edgeWith(spell: (tag: string) => string): EdgePort {
  const edge = new CloudflareEdge({
    url: vendor.url,
    api: vendor.url,
    token: 't',
    accountId: 'a',
    zoneId: 'z',
    namespaceId: 'n',
  })
  return {
    name: edge.name,
    url: edge.url,
    immediate: edge.immediate,
    publish: (versions) => edge.publish(versions),
    purge: (tags) => edge.purge(tags.map(spell)),
  }
}

test(
  'raises an alert that names the page when a purge is answered with 200 and nothing was purged',
  { timeout: 60_000 },
  async ({ task }) => {
    const [naive, ours] = [new Timeline(), new Timeline()]
    const mistyped = (tag: string) => tag.replace('price', 'prices')
    await shown()

    await edit()
    const answer = await fetch(`${vendor.url}/zones/z/purge_cache`, {
      method: 'POST',
      body: JSON.stringify({ tags: [mistyped(`price:${PRODUCT}`)] }),
    })
    expect(answer.status, 'the vendor answers for the call, not for the page').toBe(200)
    naive.mark('edit, purge answered 200')
    await read(naive)
    await read(naive)
    expect(naive.count('stale')).toBe(2 * READS)

    const alerts = () =>
      catalog.db.alert.findMany({ where: { resolvedAt: null }, select: { kind: true, summary: true } })
    const source = versionSource(() => catalog.db)
    const options = { db: catalog.db, source, alertAfterMs: ALERT_AFTER_MS }
    const first = new EdgeDelivery({ ...options, edge: edgeWith(mistyped) })
    const rows = await edit()
    const editedAt = performance.now()
    first.take(rows, { id: 'mistyped', attempt: 1 })
    ours.mark('edit, purge answered 200')
    await expect
      .poll(alerts, { timeout: ALERT_WITHIN_MS, interval: 20 })
      .toEqual([{ kind: 'purge-failing', summary: expect.stringContaining(`purged, and ${page} still shows version`) }])
    const alertedMs = performance.now() - editedAt
    ours.mark('alert: the page still shows the old version')
    await read(ours)
    expect(await catalog.db.outbox.count({ where: { doneAt: null } }), 'not delivered').toBeGreaterThan(0)
    await first.stop()

    const second = new EdgeDelivery({ ...options, edge: edgeWith((tag) => tag) })
    second.take(rows, { id: 'mended', attempt: 1 })
    await expect
      .poll(() => catalog.db.outbox.count({ where: { doneAt: null } }), { timeout: 20_000, interval: 20 })
      .toBe(0)
    ours.mark('the path is mended: verified, resolved')
    await read(ours)
    await second.stop()
    expect(await shown()).toBe(shop.version)
    tell({
      number: 11,
      lesson: task.name,
      naive,
      ours,
      figures: [
        `alert: none, and purge-failing ${(alertedMs / 1_000).toFixed(1)} s after the edit, with the address of the page`,
      ],
    })
  },
)
