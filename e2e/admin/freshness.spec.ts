import { keys } from '#lib/coherence/protocol/keys.ts'
import type { Page } from '@playwright/test'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { createAccount, signIn } from '../support/accounts.ts'
import { expectNoBarrierOnAnyScreen } from '../support/barriers.ts'
import { environment } from '../support/environment.ts'
import { expect, test } from '../support/test.ts'

/** Single edits, one after the other: what they support is 1.8 nines, by the rule of three. */
const EDITS = 200
const PRODUCTS = 8
const FIRST_PRODUCT = 20

async function openLive(page: Page, window = '15m'): Promise<void> {
  await page.goto(`/admin/freshness?window=${window}`)
  await expect(page.locator('[data-connection=live]')).toBeVisible()
}

test('shows 200 edits live: their lag by layer, and the nines that so many changes support', async ({
  page,
  database,
}) => {
  test.setTimeout(240_000)
  await signIn(page.request)
  await openLive(page, '24h') // changes that are counted before stay in this window until the end of the test
  const within1s = page.getByTestId('freshness-slo').locator('[data-within="1000"]')
  const before = Number(await within1s.getAttribute('data-changes'))

  const headers = { origin: new URL(page.url()).origin }
  const products = await Promise.all(
    Array.from({ length: PRODUCTS }, (_, i) => database.plainProduct(FIRST_PRODUCT + i)),
  )
  const amounts = await Promise.all(products.map(({ productId }) => database.price(productId)))
  for (let i = 0; i < EDITS; i++) {
    const { productId, amountCents } = amounts[i % PRODUCTS] ?? { productId: 0, amountCents: 0 }
    const changes = [{ productId, amountCents: amountCents + 1 + (Math.floor(i / PRODUCTS) % 2) }]
    const response = await page.request.post('/api/admin/prices', {
      data: { changes, reason: 'A run of edits' },
      headers,
    })
    expect(response.status()).toBe(200)
  }

  // The page is not loaded again: the stream brings it.
  await expect
    .poll(async () => Number(await within1s.getAttribute('data-changes')), { timeout: 90_000 })
    .toBeGreaterThanOrEqual(before + EDITS)
  // Nor do the tests after this one find themselves behind its jobs.
  await expect
    .poll(() => database.sql('SELECT count(*)::int AS rows FROM outbox WHERE done_at IS NULL'), { timeout: 90_000 })
    .toEqual([{ rows: 0 }])
  await expect(within1s).toContainText(/\d\.\d/)
  const lag = page.getByTestId('lag-by-layer')
  for (const layer of ['index', 'redis', 'page'])
    await expect(lag.locator(`[data-layer=${layer}]`)).toContainText(/\d+ ms|\d s/)
  await expect(page.getByRole('img', { name: /Lag over the last 24 hours, by layer/ })).toBeVisible()
})

test('lists a change that waits with its station, until it is delivered', async ({ page, database }) => {
  const { productId } = await database.plainProduct(FIRST_PRODUCT + 6)
  // A row that the relay was told to leave for an hour, as if it were stuck there.
  const [row] = await database.sql(
    `INSERT INTO outbox (topic, entity_ids, versions, enqueued_at, retry_at, attempts, last_error)
     SELECT 'price', ARRAY[product_id], ARRAY[version], clock_timestamp(), clock_timestamp() + interval '1 hour', 1, 'page did not answer' FROM prices WHERE product_id = $1 RETURNING id`,
    [productId],
  )
  await signIn(page.request)
  await openLive(page)
  const entry = page.locator(`tr[data-product-id="${productId}"]`)
  await expect(entry).toContainText('page did not answer')
  await database.sql('UPDATE outbox SET done_at = clock_timestamp() WHERE id = $1', [
    row && typeof row === 'object' && 'id' in row ? row.id : null,
  ])
  await expect(entry).toHaveCount(0)
})

test('shows an alert as open, then as resolved', async ({ page, database }) => {
  const kind = `test-${Date.now()}`
  const insert = `INSERT INTO alerts (dedup_key, kind, severity, summary, detail) SELECT $1 || n, $1, 'critical', 'Page ' || n || ' is behind in a test', '{}' FROM generate_series(`
  const resolve = () =>
    database.sql('UPDATE alerts SET resolved_at = clock_timestamp() WHERE kind = $1 AND resolved_at IS NULL', [kind])
  await database.sql(`${insert}1, 1) AS n`, [kind])
  await signIn(page.request)
  await openLive(page)
  const alert = page.getByTestId('alerts').locator(`[data-kind="${kind}"]`)
  await expect(alert).toContainText('open')
  await resolve()
  await expect(alert.filter({ hasText: 'open' })).toHaveCount(0)

  // An outage of a layer may be an alert for each of its pages.
  try {
    await database.sql(`${insert}2, 31) AS n`, [kind])
    const list = page.locator('section', { has: page.getByRole('heading', { name: 'Alerts' }) })
    await expect(list.getByText(/and \d\d more that are open/)).toBeVisible()
    await expect(page.getByTestId('alerts').locator('tbody tr')).toHaveCount(6)
    await list.getByRole('link', { name: 'All alerts' }).click()
    const all = page.locator(`[data-kind="${kind}"]`)
    await expect(all.filter({ hasText: 'is behind in a test', visible: true })).toHaveCount(31)
    // Resolved ones have their place here also while the dashboard is full of open ones.
    await expect(all.filter({ hasText: 'Page 1 is behind' })).toContainText('resolved')
  } finally {
    await resolve()
  }
})

test('shows the version in each layer of a product, finds its edit in the ledger, and has a receipt of it', async ({
  page,
  database,
}) => {
  const { productId } = await database.plainProduct(FIRST_PRODUCT + 7)
  await signIn(page.request)
  await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
  const { version } = await database.price(productId)
  await expect
    .poll(() => database.sql('SELECT version::int FROM price_index WHERE product_id = $1', [productId]))
    .toEqual([{ version }])

  await page.goto(`/admin/freshness/products/${productId}`)
  const card = page.getByTestId('freshness-card')
  await expect(page.getByText(`Every layer shows version ${version}.`)).toBeVisible()
  await expect(card.locator('tr[data-layer=index]')).toContainText(String(version))
  await expect(card.locator('tr[data-layer=page][data-verdict=fresh]').first()).toBeVisible()

  await page.goto(`/admin/freshness/ledger?q=${productId}`)
  const edit = page.getByTestId('ledger').locator(`[data-edit="price:${productId}@${version}"]`)
  for (const layer of ['Index', 'Redis', 'Pages']) await expect(edit).toContainText(`${layer} after`)

  await page.goto(`/admin/products/${productId}`)
  await page.locator('#history').locator('..').getByRole('link', { name: 'Receipt' }).first().click()
  await expect(page).toHaveURL(`/admin/products/${productId}/receipts/${version}`)
  await expect(page.getByText(`Every layer showed version ${version}`)).toBeVisible()
  const rows = page.getByTestId('receipt').locator('tbody tr')
  await expect(rows.filter({ hasText: 'Live' }).locator('time')).toBeVisible()
  await expect(rows.filter({ hasText: 'Web server' }).first()).toContainText('http://')
})

test('has receipts of an edit of a stock and of a text: who, why, and when each layer showed it', async ({
  page,
  database,
}) => {
  const { productId } = await database.plainProduct(FIRST_PRODUCT + 9)
  await signIn(page.request)
  const expectReceipt = async (kind: string, why: string) => {
    await page.waitForURL(new RegExp(`/admin/freshness/receipts/${kind}/${productId}/\\d+$`))
    await expect(async () => {
      await page.getByRole('button', { name: 'Read again' }).click()
      await expect(page.getByText('Every layer showed version')).toBeVisible({ timeout: 1_000 })
    }).toPass({ timeout: 30_000 })
    await expect(page.getByText(why)).toBeVisible()
    const rows = page.getByTestId('receipt').locator('tbody tr')
    for (const layer of ['Saved', 'Live', 'All web servers'])
      await expect(rows.filter({ hasText: layer }).locator('time')).toBeVisible()
  }

  await page.goto(`/admin/products/${productId}`)
  const stock = page.getByRole('region', { name: 'Stock' })
  await stock.getByLabel('In stock').fill('77')
  await stock.getByLabel('What happened').fill('Counted the shelf')
  await stock.getByRole('button', { name: 'Save the stock' }).click()
  await stock.locator('[aria-live]').getByRole('link', { name: 'Receipt' }).click()
  await expectReceipt('stock', 'Counted the shelf')
  const version = Number(page.url().split('/').at(-1))

  await page.goto(`/admin/products/${productId}`)
  const texts = page.getByRole('region', { name: 'Texts and address' })
  await texts.getByText('English', { exact: true }).click()
  const description = texts.locator('#description\\.en')
  await description.fill(`${await description.inputValue()} Now in oak.`)
  await texts.getByLabel('Why').first().fill('The wood was missing')
  await texts.getByRole('button', { name: 'Save the texts' }).click()
  await texts.locator('[aria-live]').getByRole('link', { name: 'Receipt' }).click()
  await expectReceipt('product', 'The wood was missing')

  // From the audit log, and for programs.
  await page.goto(`/admin/audit?target=product:${productId}&action=product.stock`)
  await page.getByTestId('audit').getByRole('link', { name: 'Receipts' }).first().click()
  const edit = page.getByTestId('ledger').locator(`[data-edit="stock:${productId}@${version}"]`)
  await expect(edit).toContainText('Pages after')
  const read = (query: string) => page.request.get(`/api/admin/receipts?${query}`)
  const answer = await read(`kind=stock&id=${productId}&version=${version}`)
  expect(await answer.json()).toMatchObject({
    receipts: [{ kind: 'stock', state: 'live', reason: 'Counted the shelf', audit: { detail: { to: 77 } } }],
  })
  const wrong = {
    'kind=stocks&id=1': { field: 'kind', message: expect.stringContaining('price, stock, product') },
    'kind=stock': { field: 'id', message: 'Say which one: kind=stock&id=42.' },
    'kind=stock&id=999999999': { field: 'id', message: expect.stringContaining('There is no stock of product') },
    [`kind=stock&id=${productId}&version=${version + 1}`]: {
      field: 'version',
      message: expect.stringContaining(`Ask for one from 1 to ${version}.`),
    },
  }
  for (const [query, issue] of Object.entries(wrong)) {
    const refused = await read(query)
    expect(refused.status(), query).toBe(400)
    expect(await refused.json(), query).toMatchObject({ error: { issues: [issue] } })
  }
})

test('names a payload of the index that was written by hand', async ({ page, database, request }) => {
  const { productId } = await database.plainProduct(FIRST_PRODUCT + 8)
  await request.get(`/api/prices?ids=${productId}`)
  await signIn(page.request)
  const redis = new Redis(environment.REDIS_URL)
  const key = keys.tag(`price:${productId}`)
  try {
    // The monitor may be quicker, and give the row a version above it before the card is read: then again, with that version.
    await expect(async () => {
      const { amountCents } = await database.price(productId)
      const right = (await redis.get(key)) ?? ''
      const wrong = right.replace(`"amountMinor": ${amountCents}`, `"amountMinor": ${amountCents + 1}`)
      expect(wrong).not.toBe(right)
      await redis.set(key, wrong, 'KEEPTTL')
      await page.goto(`/admin/freshness/products/${productId}`)
      await expect(page.getByTestId('freshness-card').locator('tr[data-layer=payload]')).toContainText(
        'written by hand',
        { timeout: 2_000 },
      )
      await expect(page.getByText('Not fresh: Redis, price payload.')).toBeVisible({ timeout: 2_000 })
    }).toPass({ timeout: 30_000 })
    // The next version is right for the tests that follow.
    await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
  } finally {
    redis.disconnect()
  }
})

test('shows a viewer the dashboard, and a stranger neither page nor stream', async ({
  page,
  browser,
  baseURL,
  database,
}) => {
  await signIn(page.request, await createAccount(database, 'viewer'))
  await openLive(page)
  const stranger = await browser.newContext({ baseURL })
  expect((await stranger.request.get('/api/admin/freshness/events')).status()).toBe(401)
  const other = await stranger.newPage()
  await other.goto('/admin/freshness')
  await expect(other).toHaveURL(/\/admin\/sign-in/)
  await stranger.close()
})

test('has no barrier on the freshness pages, on a desktop and on a phone', async ({ page, database }) => {
  const { productId } = await database.plainProduct(FIRST_PRODUCT)
  await signIn(page.request)
  const long = `wide-${Date.now()}`
  await database.sql(
    `INSERT INTO alerts (dedup_key, kind, severity, summary, detail) VALUES ($1, $1, 'critical', 'The page /en/products/' || repeat('aslugwithoutend', 12), '{}')`,
    [long],
  )
  const paths = ['', '/ledger', `/products/${productId}`].map((path) => `/admin/freshness${path}`)
  const [row] = await database.sql(
    'UPDATE stock SET quantity = quantity + 1 WHERE product_id = $1 RETURNING version::int',
    [productId],
  )
  const { version } = z.object({ version: z.int() }).parse(row)
  for (const path of [...paths, `/admin/freshness/receipts/stock/${productId}/${version}`]) {
    await page.goto(path)
    await expect(page.getByRole('table').first()).toBeVisible()
    await expectNoBarrierOnAnyScreen(page, path)
  }
  await database.sql('DELETE FROM alerts WHERE dedup_key = $1', [long])
})
