/**
 * Incidents 4 and 11, on an edge that forgets only what a purge names: purges that a network rule blocked for a week
 * while each deployment was green, and a purge of a mistyped path, which answered 200.
 */
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, afterEach, expect, test, vi } from 'vitest'
import { CloudflareEdge } from '#lib/cdn/adapters/cloudflare.ts'
import { LocalEdge } from '#lib/cdn/adapters/local.ts'
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import { EdgeDelivery } from '#lib/delivery/cdnDelivery.ts'
import { pendingOutbox } from '#lib/delivery/outbox.ts'
import { versionSource } from '#lib/catalog/coherence.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { readPage } from '#lib/verification/readPage.ts'
import { SECRET } from '../../edge/contract/edgesUnderTest.ts'
import { onePageShop, PATH, PRODUCT, type OnePageShop } from '../../edge/contract/shop.ts'
import { cloudflare, type Vendor } from '../../edge/contract/vendors.ts'
import { startWorker } from '../../edge/local/startWorker.ts'
import { startControlProxy } from '../edge/controlProxy.ts'
import { recordStory, Timeline } from './story/story.ts'

/** Milliseconds. A shop has half of its budget: the same code, in less time. */
const ALERT_AFTER_MS = 800
const READS = 15

let catalog: SeededDatabase
let shop: OnePageShop
let vendor: Vendor

beforeAll(async () => {
  catalog = await seededDatabase(60)
  await catalog.db.product.update({ where: { id: PRODUCT }, data: { slug: path.basename(PATH) } })
  stubEnvironment({ databaseUrl: catalog.url, redisUrl: 'redis://127.0.0.1:1' })
}, 60_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await catalog.drop()
})
beforeEach(async () => {
  shop = await onePageShop()
  vendor = await cloudflare(shop.url)
  await change()
})
afterEach(async () => {
  await vendor.stop()
  await shop.stop()
  await catalog.db.outbox.updateMany({ data: { doneAt: new Date() } })
  await catalog.db.alert.deleteMany()
})

/** A price that changes in Postgres, and with it the page of the shop. @returns what waits to be delivered */
async function change(): Promise<Awaited<ReturnType<typeof pendingOutbox>>> {
  await catalog.db.outbox.updateMany({ data: { doneAt: new Date() } })
  const { version } = await catalog.db.price.update({
    where: { productId: PRODUCT },
    data: { amountMinor: { increment: 1 } },
  })
  shop.version = Number(version)
  const rows = await catalog.db.outbox.findMany({ where: { doneAt: null }, select: { id: true } })
  return pendingOutbox(
    catalog.db,
    rows.map(({ id }) => id.toString()),
  )
}

const openAlerts = () => catalog.db.alert.findMany({ where: { resolvedAt: null } })

/** A visitor's read. */
async function read(url: string, timeline: Timeline): Promise<void> {
  const shown = (await readPage(url + PATH)).statement.versions.get(PRODUCT) ?? 0
  timeline.read(shown === shop.version ? 'current' : 'stale')
}

/** Reads until the condition holds: visitors do not wait for an alert. */
async function readUntil(url: string, timeline: Timeline, holds: () => Promise<boolean> | boolean): Promise<void> {
  await vi.waitUntil(
    async () => {
      await read(url, timeline)
      return holds()
    },
    { timeout: 20_000, interval: 40 },
  )
}

async function readSome(url: string, timeline: Timeline): Promise<void> {
  const enough = timeline.reads.length + READS
  await readUntil(url, timeline, () => timeline.reads.length >= enough)
}

const deliveryTo = (edge: EdgePort) =>
  new EdgeDelivery({
    db: catalog.db,
    source: versionSource(() => catalog.db),
    edge,
    longestRenderMs: 60_000,
    alertAfterMs: ALERT_AFTER_MS,
  })

const vendorsEdge = () =>
  new CloudflareEdge({
    url: vendor.url,
    api: vendor.url,
    token: 't',
    accountId: 'a',
    zoneId: 'z',
    namespaceId: 'n',
    timeoutMs: 2_000,
  })

/** Calls the purge in the background and goes on, as deployments do: what it answers is for the log. */
async function fireAndForget(url: string, tags: readonly string[]): Promise<number> {
  return fetch(url, { method: 'POST', body: JSON.stringify({ tags }) }).then(
    ({ status }) => status,
    () => 0,
  )
}

test('raises "purge-failing" and keeps product pages right, when a network rule blocks purges', async ({ task }) => {
  const [naive, ours] = [new Timeline(), new Timeline()]
  const rule = await startControlProxy(vendor.url)
  rule.break('refuses')
  await read(vendor.url, naive)
  await change()
  naive.mark('edit committed, purge refused by the rule')
  expect(await fireAndForget(`${rule.url}/zones/z/purge_cache`, [`price:${PRODUCT}`])).toBe(403)
  await readSome(vendor.url, naive)
  // The step of the deployment looks at the health of the shop.
  expect((await fetch(`${shop.url}/api/health`)).status).toBe(200)
  naive.mark('deployment green')
  await readSome(vendor.url, naive)
  await rule.stop()
  expect([naive.count('stale'), await openAlerts()]).toEqual([2 * READS, []])

  const worker = await startWorker({ port: 0, origin: shop.url, secret: SECRET, trustMs: 600_000 })
  const control = await startControlProxy(worker.url)
  const edge = new LocalEdge({ url: worker.url, controlUrl: control.url, secret: SECRET })
  for (let i = 0; i < 2; i++) await edge.publish([], 0) // it trusts its index from the second one on
  await vi.waitUntil(async () => (await readPage(worker.url + PATH)).headers['x-cache'] === 'HIT edge', 20_000)
  const delivery = deliveryTo(edge)
  try {
    await read(worker.url, ours)
    control.break('refuses', 'purge')
    const rows = await change()
    // The acknowledgement of an edit does so before it says "live".
    await edge.publish([{ kind: 'price', id: PRODUCT, version: shop.version }])
    ours.mark('edit committed, purge refused by the rule')
    const committed = performance.now()
    delivery.take(rows, { id: 'blocked', attempt: 1 })
    await readUntil(worker.url, ours, async () => (await openAlerts()).length > 0)
    const alertedAfterMs = performance.now() - committed
    ours.mark('alert "purge-failing"')
    expect(await openAlerts()).toMatchObject([
      { kind: 'purge-failing', severity: 'critical', summary: expect.stringContaining('403') },
    ])
    expect(alertedAfterMs).toBeLessThan(5 * ALERT_AFTER_MS)
    expect(await catalog.db.outbox.count({ where: { doneAt: null } }), 'it is not done').toBe(1)
    await readSome(worker.url, ours)
    control.heal()
    await readUntil(worker.url, ours, async () => (await openAlerts()).length === 0)
    ours.mark('rule removed: purged and read, alert resolved')
    expect(await catalog.db.outbox.count({ where: { doneAt: null } })).toBe(0)
    expect(ours.count('stale')).toBe(0)
    recordStory({
      number: 4,
      lesson: task.name,
      naive,
      ours,
      figures: [
        `old prices after the edit: ${naive.count('stale')} of ${naive.reads.length - 1}, and 0 of ${ours.reads.length - 1}`,
        `alert after: never, and ${Math.round(alertedAfterMs)} ms (due after ${ALERT_AFTER_MS} ms in this test)`,
      ],
    })
  } finally {
    await delivery.stop()
    await control.stop()
    await worker.stop()
  }
})

test(
  'does not call a purge done that answered 200, when the edge still shows the old version',
  { timeout: 60_000 },
  async ({ task }) => {
    const [naive, ours] = [new Timeline(), new Timeline()]
    const purgeUrl = `${vendor.url}/zones/z/purge_cache`
    await read(vendor.url, naive)
    await change()
    expect(await fireAndForget(purgeUrl, [`prices:${PRODUCT}`]), 'the tag is mistyped').toBe(200)
    naive.mark('edit committed, mistyped tag purged: 200')
    await readSome(vendor.url, naive)
    naive.mark('still old, and done as far as the job knows')
    expect(naive.count('stale')).toBe(READS)
    expect(await fireAndForget(purgeUrl, [`price:${PRODUCT}`])).toBe(200)

    const right = vendorsEdge()
    let isMistyped = true
    const edge: EdgePort = {
      name: right.name,
      url: right.url,
      immediate: right.immediate,
      publish: (versions, head) => right.publish(versions, head),
      purge: (tags) => right.purge(isMistyped ? tags.map((name) => name.replace('price:', 'prices:')) : tags),
    }
    const delivery = deliveryTo(edge)
    try {
      await read(vendor.url, ours)
      const rows = await change()
      ours.mark('edit committed, mistyped tag purged: 200')
      const committed = performance.now()
      delivery.take(rows, { id: 'mistyped', attempt: 1 })
      await readUntil(vendor.url, ours, async () => (await openAlerts()).length > 0)
      const alertedAfterMs = performance.now() - committed
      ours.mark('read back: alert "purge-failing"')
      expect(await openAlerts()).toMatchObject([
        { kind: 'purge-failing', summary: expect.stringMatching(new RegExp(`${PATH} still shows version`)) },
      ])
      expect(await catalog.db.outbox.count({ where: { doneAt: null } }), 'it is not done').toBe(1)
      isMistyped = false
      await readUntil(vendor.url, ours, async () => (await openAlerts()).length === 0)
      ours.mark('typed right: alert resolved')
      await readSome(vendor.url, ours)
      expect(ours.reads.slice(-READS).map(({ outcome }) => outcome)).not.toContain('stale')
      recordStory({
        number: 11,
        lesson: task.name,
        naive,
        ours,
        figures: [
          `found out after: never, and ${Math.round(alertedAfterMs)} ms. This CDN knows no versions: it is right once the tag is`,
        ],
      })
    } finally {
      await delivery.stop()
    }
  },
)
