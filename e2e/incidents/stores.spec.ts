import type { APIRequestContext } from '@playwright/test'
import { ADMIN } from '../support/accounts.ts'
import { type IsolatedShop, startIsolatedShop } from '../support/isolatedShop.ts'
import { fetchShownPrice } from '../support/shownPrices.ts'
import { expect, test } from '../support/test.ts'

let shop: IsolatedShop

/** Without the monitor, which reads pages by chance: a page that a test takes for never read must stay so. */
const startWorker = () => shop.startWorker('--roles=relay,invalidator')

test.beforeAll(async () => {
  shop = await startIsolatedShop()
  await startWorker()
})
test.afterAll(() => shop.stop())
test.afterEach(async () => {
  await shop.redis.heal()
  await shop.postgres.heal()
})

const productPage = async (productId: number) =>
  `${shop.url}/en/products/${(await shop.database.price(productId)).slug}`

async function edit(request: APIRequestContext, productId: number) {
  const { amountCents } = await shop.database.price(productId)
  const data = { changes: [{ productId, amountCents: amountCents + 1 }], reason: 'in the middle of an incident' }
  const response = await request.post(`${shop.url}/api/admin/prices`, { data, headers: { origin: shop.url } })
  return { status: response.status(), body: await response.json() }
}

async function signedIn(request: APIRequestContext): Promise<void> {
  const response = await request.post(`${shop.url}/api/auth/sign-in/email`, {
    data: ADMIN,
    headers: { origin: shop.url },
  })
  expect(response.status()).toBe(200)
}

for (const fault of ['cut', 'freeze'] as const) {
  test(`Redis ${fault}: pages stay right, an edit is saved and says that it is still propagating, and all heals by itself`, async ({
    request,
  }) => {
    await signedIn(request)
    const url = await productPage(1)
    await fetchShownPrice(request, url, 1)
    await shop.redis[fault]()

    const { status, body } = await edit(request, 1)
    expect({ status, state: body.state }).toEqual({ status: 200, state: 'propagating' })
    const { version } = await shop.database.price(1)
    expect((await fetchShownPrice(request, url, 1)).version, 'the first request after the edit').toBe(version)
    await shop.database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = 1')
    expect((await fetchShownPrice(request, url, 1)).version, 'after a write past the application').toBe(version + 1)
    expect((await fetchShownPrice(request, url, 1)).cache, 'from memory, checked against Postgres').toBe('HIT l1')
    expect((await fetchShownPrice(request, await productPage(2), 2)).version).toBe(
      (await shop.database.price(2)).version,
    )

    await shop.redis.heal()
    await expect.poll(async () => (await edit(request, 3)).body.state, { timeout: 5_000 }).toBe('live')
    expect((await fetchShownPrice(request, url, 1)).version).toBe(version + 1)
    await expect
      .poll(() => shop.database.sql('SELECT id FROM outbox WHERE done_at IS NULL'), { timeout: 15_000 })
      .toEqual([])
  })
}

test('Postgres away: what the index confirms is served, the rest is a clear 503, an edit is a clear error, and all heals', async ({
  request,
  context,
}) => {
  await signedIn(request)
  const url = await productPage(4)
  const unseen = await productPage(5)
  await fetchShownPrice(request, url, 4)
  const before = await shop.database.written(4)
  await shop.postgres.cut()

  expect((await fetchShownPrice(request, url, 4)).cache).toMatch(/^HIT/)
  const refused = await request.get(unseen)
  expect(refused.status()).toBe(503)
  expect(refused.headers()['retry-after']).toBeTruthy()
  expect(await refused.text()).toContain('try again')
  // In the cart since before.
  const form = { do: 'add', product: '4', version: String((await shop.database.price(4)).version) }
  await request.post(`${shop.url}/api/cart`, { form, headers: { origin: shop.url }, maxRedirects: 0 })
  for (const path of ['/en/search?q=chair', '/en/cart', '/en/checkout', '/de/search']) {
    const failed = await request.get(shop.url + path)
    expect([path, failed.status(), failed.headers()['retry-after']]).toEqual([path, 503, '1'])
    expect(failed.headers()['cache-control']).toBe('no-store')
    expect((await request.get(shop.url + path, { headers: { rsc: '1' } })).status(), `${path} for the router`).toBe(503)
  }
  // Until the lease of the index has run out, and after that.
  for (const confirmed of [true, false]) {
    if (!confirmed)
      await expect
        .poll(async () => (await request.get(url)).headers()['x-cache'] ?? '', { timeout: 10_000 })
        .not.toMatch(/^HIT/)
    // A tab of its own: where the router gets a 503, it loads the document, later than the address says.
    const page = await context.newPage()
    expect((await page.goto(`${shop.url}/en/search?q=chair`))?.status()).toBe(503)
    await expect(page.getByRole('heading', { name: 'Something went wrong' })).toBeVisible()
    // By the router, too.
    await page.getByRole('searchbox').fill('lamp')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/q=lamp/)
    await expect(page.getByRole('heading', { name: 'Something went wrong' })).toBeVisible()
  }
  const { status, body } = await edit(request, 4).catch(() => ({ status: 0, body: undefined }))
  expect(status).toBeGreaterThanOrEqual(500)
  expect(JSON.stringify(body)).toMatch(/error/i)

  await shop.postgres.heal()
  expect(await shop.database.written(4)).toEqual(before)
  await expect.poll(async () => (await request.get(unseen)).status(), { timeout: 5_000 }).toBe(200)
  await expect.poll(async () => (await edit(request, 4)).body.state, { timeout: 5_000 }).toBe('live')
})

test('both away: what was right a moment ago is served and marked, the rest is a 503', async ({ request }) => {
  const url = await productPage(6)
  const unseen = await productPage(7)
  await fetchShownPrice(request, url, 6)
  const tab = new AbortController()
  const stream = await fetch(`${shop.url}/api/prices/stream?ids=6`, { signal: tab.signal })
  let received = ''
  stream.body
    ?.pipeTo(new WritableStream({ write: (bytes: Uint8Array) => void (received += Buffer.from(bytes).toString()) }))
    .catch(() => undefined)
  await expect.poll(() => received).toContain('event: price')
  await shop.redis.cut()
  await shop.postgres.cut()
  const shown = await fetchShownPrice(request, url, 6)
  expect(shown.cache).toMatch(/^STALE/)
  expect((await request.get(url)).headers()['cache-control'], 'no edge keeps what nothing confirmed').toBe('no-store')
  expect((await request.get(unseen)).status()).toBe(503)
  await expect.poll(() => received, { timeout: 8_000 }).toContain('event: lost')
  const lost = received.length
  await shop.redis.heal()
  await shop.postgres.heal()
  await expect.poll(() => received.slice(lost), { timeout: 8_000 }).toContain('event: moment')
  tab.abort()
  await expect.poll(async () => (await fetchShownPrice(request, url, 6)).cache, { timeout: 5_000 }).toMatch(/^HIT/)
})

test('a worker that is killed in the middle of a job: pages stay right, and the job runs again within five seconds of its return', async ({
  request,
}) => {
  const url = await productPage(8)
  await fetchShownPrice(request, url, 8)
  await signedIn(request)
  // The incident before this one is over.
  await expect.poll(async () => (await edit(request, 8)).body.state, { timeout: 10_000 }).toBe('live')
  await shop.database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = 8')
  await shop.killWorker()
  expect((await edit(request, 8)).body.state).toBe('live')
  expect((await fetchShownPrice(request, url, 8)).version).toBe((await shop.database.price(8)).version)
  expect(await shop.database.sql('SELECT id FROM outbox WHERE done_at IS NULL')).not.toEqual([])
  await startWorker()
  await expect
    .poll(() => shop.database.sql('SELECT id FROM outbox WHERE done_at IS NULL'), { timeout: 10_000 })
    .toEqual([])
})
