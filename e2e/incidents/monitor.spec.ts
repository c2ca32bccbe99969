/**
 * With real processes: each incident raises an alert that names layer and product, is repaired, sent on, and resolves. A consumer
 * that applies nothing is in `03-names-a-consumer-that-applies-nothing.test.ts`.
 */
import { Redis } from 'ioredis'
import pg from 'pg'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { type AlertReceiver, alertReceiver } from '../support/alertReceiver.ts'
import { alertsSince, isAbout, type SeenAlert } from '../support/alerts.ts'
import { type ExtraProcess, type IsolatedShop, startIsolatedShop } from '../support/isolatedShop.ts'
import { fetchShownPrice } from '../support/shownPrices.ts'
import { expect, test } from '../support/test.ts'
import { poisonPages } from './poison.ts'

const BUDGET_MS = 5_000
const PATIENCE = { timeout: 30_000, intervals: [100] }

let shop: IsolatedShop
let receiver: AlertReceiver
let monitor: ExtraProcess
let redis: Redis

test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  receiver = await alertReceiver(1)
  shop = await startIsolatedShop({
    FRESHNESS_P99_BUDGET_MS: String(BUDGET_MS),
    MONITOR_INTERVAL_MS: '500',
    ALERT_WEBHOOK_URL: receiver.url,
  })
  redis = new Redis(shop.redisUrl)
  await shop.startWorker('--roles=relay,invalidator')
  monitor = await shop.startRoles('monitor')
})
test.afterAll(async () => {
  redis.disconnect()
  await shop.stop()
  receiver.close()
})

/** An alert that is still open would be renewed, not raised. A burn rate looks back for minutes. */
test.beforeEach(() =>
  expect
    .poll(
      () => shop.database.sql(`SELECT summary FROM alerts WHERE resolved_at IS NULL AND kind <> 'slo-burn'`),
      PATIENCE,
    )
    .toEqual([]),
)

const now = async () => {
  const [row] = await shop.database.sql('SELECT clock_timestamp() AS at')
  if (typeof row !== 'object' || row === null || !('at' in row) || !(row.at instanceof Date))
    throw new Error('no clock')
  return row.at
}

/** A write past the application, which only relay, worker and monitor can bring to the layers. @returns when it was */
async function raisePrice(productId: number): Promise<Date> {
  await shop.database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
  return (await shop.database.price(productId)).versionUpdatedAt
}
const pageOf = async (productId: number) => `${shop.url}/en/products/${(await shop.database.price(productId)).slug}`

async function expectAlert(
  since: Date,
  kind: string,
  about: Partial<{ layer: string; productId: number }>,
): Promise<SeenAlert> {
  let found: SeenAlert | undefined
  await expect
    .poll(
      async () => {
        found = (await alertsSince(shop.database, since)).find(
          (one) =>
            one.kind === kind &&
            (about.layer === undefined || one.detail.layer === about.layer) &&
            (about.productId === undefined || isAbout(one, about.productId)),
        )
        return found?.kind
      },
      { ...PATIENCE, message: `the alert ${kind} about ${JSON.stringify(about)}` },
    )
    .toBe(kind)
  if (!found) throw new Error('unreachable')
  return found
}

/** It is resolved by itself, and the webhook has heard of its beginning and of its end. */
async function expectResolved({ id, kind }: SeenAlert): Promise<void> {
  const state = () =>
    shop.database.sql(
      'SELECT resolved_at IS NOT NULL AS resolved, raised_told_at IS NOT NULL AND resolved_told_at IS NOT NULL AS notified FROM alerts WHERE id = $1',
      [id],
    )
  await expect
    .poll(state, { ...PATIENCE, message: `${kind} is resolved and notified` })
    .toEqual([{ resolved: true, notified: true }])
  for (const mark of [/Critical|Warning/, /Resolved/])
    expect(receiver.heard.some((text) => mark.test(text) && text.includes(`[${kind}]`))).toBe(true)
}

async function expectApplied(productId: number): Promise<void> {
  const { version, amountCents } = await shop.database.price(productId)
  await expect
    .poll(() => shop.database.sql('SELECT version::int FROM price_index WHERE product_id = $1', [productId]), PATIENCE)
    .toEqual([{ version }])
  const response = await fetch(await pageOf(productId))
  expect(await response.text()).toContain(`data-price-version="${version}" data-amount-cents="${amountCents}"`)
}

function expectWithinBudget({ raisedAt }: SeenAlert, changedAt: Date): void {
  expect(raisedAt.getTime() - changedAt.getTime(), 'milliseconds from the change to the alert').toBeLessThan(BUDGET_MS)
}

test('a worker that is stopped: named as silent, and its changes are delivered by the monitor', async () => {
  const since = await now()
  await shop.killWorker()
  const changedAt = await raisePrice(4)
  const alert = await expectAlert(since, 'drift-repaired', { layer: 'applied', productId: 4 })
  expectWithinBudget(alert, changedAt)
  const silent = await expectAlert(since, 'worker-silent', { layer: 'queue' })
  await expectAlert(since, 'worker-silent', { layer: 'outbox' })
  await expectApplied(4)
  await shop.startWorker('--roles=relay,invalidator')
  await expectResolved(silent)
  expect(receiver.refused).toBe(1)
})

test('a relay that is blocked: named with the product, which is fresh all the same', async () => {
  const since = await now()
  await shop.killWorker()
  const holder = new pg.Client({ connectionString: shop.databaseUrl })
  await holder.connect()
  const changedAt = await raisePrice(5)
  await holder.query('BEGIN')
  await holder.query('SELECT id FROM outbox WHERE done_at IS NULL FOR UPDATE')
  await shop.startWorker('--roles=relay,invalidator')
  const alert = await expectAlert(since, 'relay-stuck', { layer: 'outbox', productId: 5 })
  expectWithinBudget(alert, changedAt)
  await expectApplied(5)
  await holder.query('COMMIT')
  await holder.end()
  await expectResolved(alert)
})

test('calls the index rebuilt when Redis is flushed, and pages are right', async ({ request }) => {
  await raisePrice(6)
  await expectApplied(6)
  await fetchShownPrice(request, await pageOf(6), 6)
  await expect
    .poll(
      () =>
        shop.database.sql(`SELECT detail->'index'->>'epoch' <> '' AS known FROM heartbeats WHERE process = 'monitor'`),
      PATIENCE,
    )
    .toEqual([{ known: true }])
  const since = await now()
  await redis.flushdb()
  const alert = await expectAlert(since, 'index-rebuilt', { layer: 'index' })
  const { version } = await shop.database.price(6)
  expect((await fetchShownPrice(request, await pageOf(6), 6)).version).toBe(version)
  await expectResolved(await expectAlert(since, 'index-term-changed', { layer: 'index' }))
  await expectResolved(alert)
})

test('a version in the index that was lowered by hand is raised again', async () => {
  await raisePrice(7)
  await expectApplied(7)
  const since = await now()
  // A page that is read before the monitor looks raises it, too: by what it shows.
  await expect
    .poll(
      async () => {
        await redis.set(keys.tag('price:7'), '1')
        return (await alertsSince(shop.database, since)).map(({ kind }) => kind)
      },
      { ...PATIENCE, intervals: [400] },
    )
    .toContain('index-repaired')
  const alert = await expectAlert(since, 'index-repaired', { layer: 'index', productId: 7 })
  await expect
    .poll(async () => Number.parseInt((await redis.get(keys.tag('price:7'))) ?? '0', 10), PATIENCE)
    .toBe((await shop.database.price(7)).version)
  await expectResolved(alert)
})

test('a poisoned payload in the index: named, and the right one is in every reader at once', async ({ request }) => {
  await request.get(`${shop.url}/api/prices?ids=8`)
  const { version, amountCents } = await shop.database.price(8)
  const key = keys.tag('price:8')
  const since = await now()
  await expect
    .poll(async () => {
      const right = (await redis.get(key)) ?? ''
      const wrong = right.replace(`"amountMinor": ${amountCents}`, `"amountMinor": ${amountCents + 1_000}`)
      await redis.set(key, wrong, 'KEEPTTL')
      return wrong !== right
    }, PATIENCE)
    .toBe(true)
  const alert = await expectAlert(since, 'poisoned-payload', { layer: 'index', productId: 8 })
  await expect
    .poll(async () => (await request.get(`${shop.url}/api/prices?ids=8`)).json(), PATIENCE)
    .toMatchObject([{ productId: 8, amountCents, version: version + 1 }])
  await expectResolved(alert)
})

test('a poisoned page, in Redis and in the memory of an instance: named with the instance, and dropped in both', async ({
  request,
}) => {
  await raisePrice(9)
  await expectApplied(9)
  const url = await pageOf(9)
  const { version, amountCents } = await shop.database.price(9)
  await expect
    .poll(async () => {
      await fetchShownPrice(request, url, 9)
      return poisonPages(redis, 9, amountCents)
    }, PATIENCE)
    .toBeGreaterThan(0)
  const since = await now()
  await shop.restartWeb() // with an empty memory, it takes the page from Redis
  const alert = await expectAlert(since, 'poisoned-page', { layer: 'page', productId: 9 })
  expect(alert.detail.url).toContain(shop.url)
  await expect
    .poll(async () => (await fetchShownPrice(request, url, 9)).elements, PATIENCE)
    .toEqual([`${version}:${amountCents}`])
  await expectResolved(alert)
  expect((await fetchShownPrice(request, url, 9)).elements).toEqual([`${version}:${amountCents}`])
})

test('one monitor of the fleet works, and the next takes over when it is killed', async () => {
  const working = () =>
    shop.database.sql(`SELECT (detail->>'pid')::int AS pid FROM heartbeats WHERE process = 'monitor'`)
  const next = await shop.startRoles('monitor')
  await expect.poll(working, PATIENCE).toEqual([{ pid: monitor.child.pid }])
  await monitor.stop('SIGKILL')
  await expect.poll(working, PATIENCE).toEqual([{ pid: next.child.pid }])
  monitor = next
})

test('a monitor that is silent is noticed by the web instances', async () => {
  const since = await now()
  await monitor.stop()
  const alert = await expectAlert(since, 'monitor-silent', { layer: 'monitor' })
  monitor = await shop.startRoles('monitor')
  await expectResolved(alert)
})
