/** Delivery changes no page that carries the current version already. */
import type { APIRequestContext } from '@playwright/test'
import { ADMIN } from '../support/accounts.ts'
import { pagesOf } from '../support/pagesOf.ts'
import { startIsolatedShop, type IsolatedShop } from '../support/isolatedShop.ts'
import { fetchShownPrice } from '../support/shownPrices.ts'
import { metricsOf } from '../support/metrics.ts'
import { expect, test } from '../support/test.ts'

const PRODUCT = 7
/** No test asks for its page. */
const UNVISITED = 31
const READS = 1_000

let shop: IsolatedShop
/** Without the monitor, which reads pages by chance: each is a render that no visitor caused. */
const startWorker = () => shop.startWorker('--roles=relay,invalidator')
test.beforeAll(async () => {
  shop = await startIsolatedShop()
})
test.afterAll(() => shop.stop())

async function metric(pattern: RegExp): Promise<number> {
  const text = await metricsOf(shop.url)
  return Number(pattern.exec(text)?.[1] ?? 0)
}
const renders = () => metric(/^evergreen_page_builds_total\{outcome="render"\} (\d+)/m)

async function edit(request: APIRequestContext, productId = PRODUCT): Promise<void> {
  const { amountCents } = await shop.database.price(productId)
  const data = { changes: [{ productId, amountCents: amountCents + 1 }], reason: 'An edit that is delivered' }
  const response = await request.post(`${shop.url}/api/admin/prices`, { data, headers: { origin: shop.url } })
  expect(await response.json()).toMatchObject({ state: 'live' })
}

async function delivered(): Promise<void> {
  const waiting = async () =>
    (await shop.database.sql('SELECT 1 FROM outbox WHERE done_at IS NULL')).length +
    (await metric(/^evergreen_warming_waiting_pages (\d+)/m))
  await expect.poll(waiting, { timeout: 30_000, intervals: [100] }).toBe(0)
}

test.beforeEach(async ({ request }) => {
  expect(
    (await request.post(`${shop.url}/api/auth/sign-in/email`, { data: ADMIN, headers: { origin: shop.url } })).status(),
  ).toBe(200)
})

test('serves a page that was rendered after the edit as a hit when the edit is delivered', async ({ request }) => {
  const urls = (await pagesOf(shop.database, PRODUCT)).products.map((path) => shop.url + path)
  for (const url of urls) await fetchShownPrice(request, url, PRODUCT)
  await edit(request)
  const { version } = await shop.database.price(PRODUCT)
  const before = await Promise.all(urls.map((url) => fetchShownPrice(request, url, PRODUCT)))
  expect(before.map((shown) => shown.version)).toEqual(urls.map(() => version))
  await startWorker()
  await delivered()
  const after = await Promise.all(urls.map((url) => fetchShownPrice(request, url, PRODUCT)))
  expect(after.map(({ renderedAt }) => renderedAt)).toEqual(before.map(({ renderedAt }) => renderedAt))
  expect(after.map(({ cache }) => cache)).toEqual(urls.map(() => 'HIT l1'))
})

test(`renders no page for ${READS} reads during an edit and its delivery`, async ({ request }) => {
  const pages = await pagesOf(shop.database, PRODUCT)
  const urls = [...pages.products, ...pages.categories, pages.home].map((path) => shop.url + path)
  if (!shop.processes.worker) await startWorker()
  for (const url of urls) await fetchShownPrice(request, url, PRODUCT)
  await delivered()
  const renderedBefore = await renders()
  await edit(request)
  for (let read = 0; read < READS; read += urls.length)
    await Promise.all(urls.map((url) => fetch(url).then((answer) => answer.text())))
  await delivered()
  for (const url of urls) await fetchShownPrice(request, url, PRODUCT)
  expect((await renders()) - renderedBefore).toBe(0)
})

test('renders no page that is not kept to see whether it shows the edit', async ({ request }) => {
  if (!shop.processes.worker) await startWorker()
  await delivered()
  const before = await renders()
  for (let i = 0; i < 3; i++) {
    await edit(request, UNVISITED)
    await delivered()
  }
  expect((await renders()) - before).toBe(0)
})
