import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { redisKeys } from '#lib/platform/redisKeys.ts'
import type { Database } from '../support/database.ts'
import { environment } from '../support/environment.ts'
import { Shopper } from '../support/shopper.ts'
import { expect, test } from '../support/test.ts'

const euros = (cents: number) => new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(cents / 100)
const STANDARD = 490

/** A product that the other tests leave alone, ten of it. */
async function product(database: Database, offset: number) {
  const [row] = await database.sql(
    `SELECT p.id FROM products p WHERE status = 'active' ORDER BY id DESC LIMIT 1 OFFSET ${60 + offset}`,
  )
  const { productId, slug, name, amountCents } = await database.price(Number(Object(row).id))
  await setStock(database, productId, 10)
  return { productId, slug, name, amountCents }
}
const setStock = (database: Database, productId: number, quantity: number) =>
  database.sql('UPDATE stock SET quantity = $2 WHERE product_id = $1', [productId, quantity])
const setPrice = (database: Database, productId: number, amountCents: number) =>
  database.sql('UPDATE prices SET amount_cents = $2, compare_at_cents = NULL WHERE product_id = $1', [
    productId,
    amountCents,
  ])
const orderedLine = z.object({ price_version: z.coerce.number(), amount_minor: z.number(), quantity: z.number() })
async function linesOf(database: Database, number: string) {
  const rows = await database.sql(
    'SELECT price_version, amount_minor, quantity FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE number = $1',
    [number],
  )
  return rows.map((row) => orderedLine.parse(row))
}
const countOrders = async (database: Database, productId: number) =>
  (await database.sql('SELECT 1 FROM order_lines WHERE product_id = $1', [productId])).length

async function putIn(page: Page, slug: string, times = 1, already = 0): Promise<void> {
  await page.goto(`/en/products/${slug}`)
  for (let i = 1; i <= times; i += 1) {
    const kept = page.waitForResponse((response) => response.url().endsWith('/api/cart'))
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await kept
    await expect(page.getByRole('banner').getByRole('link', { name: `Cart ${already + i}`, exact: true })).toBeVisible()
  }
}

async function fillIn(page: Page, email = 'ada@example.com'): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Full name').fill('Ada Lovelace')
  await page.getByLabel('Street and number').fill('12 St James’s Square')
  await page.getByLabel('Postcode').fill('10115')
  await page.getByLabel('Town or city').fill('Berlin')
  await page.getByLabel('Country').selectOption('DE')
}

const place = (page: Page) => page.getByRole('button', { name: 'Order and pay on delivery' }).click()
const number = async (page: Page) => {
  await expect(page.getByRole('heading', { name: 'Thank you for your order' })).toBeVisible()
  return page.getByTestId('order-number').innerText()
}

test('an order is placed as it was shown, is found again by its number and e-mail, and its stock is gone on the next page', async ({
  page,
  browser,
  database,
  request,
}) => {
  const { productId, slug, name, amountCents } = await product(database, 0)
  await putIn(page, slug, 2)
  await page.goto('/en/cart')
  await page.getByRole('link', { name: 'To the checkout' }).click()
  await expect(page.getByTestId('order-total').filter({ visible: true })).toHaveText(euros(2 * amountCents + STANDARD))
  await place(page)
  await expect(page.getByText('Please check the marked fields.')).toBeVisible()
  await expect(page.getByLabel('E-mail')).toBeFocused()
  await fillIn(page, 'ada@nowhere')
  await place(page)
  await expect(page.getByText('This is not an e-mail address.')).toBeVisible()
  await expect(page.getByLabel('Full name')).toHaveValue('Ada Lovelace')
  await expect(page.getByLabel('Country')).toHaveValue('DE')
  await page.getByLabel('E-mail').fill('Ada@Example.com')
  await page.getByText('Express, on the next working day').click()
  await expect(page.getByTestId('order-total').filter({ visible: true })).toHaveText(euros(2 * amountCents + 1290))
  await expect(page.getByText('incl. 19% VAT')).toBeVisible()
  await place(page)

  const ordered = await number(page)
  await expect(page).toHaveURL(`/en/orders/${ordered}`)
  await expect(page.getByTestId('order-total').filter({ visible: true })).toHaveText(euros(2 * amountCents + 1290))
  await expect(page.getByRole('main')).toContainText(name)
  await expect(page.getByRole('main')).toContainText('Ada Lovelace')
  await expect(page.getByRole('banner').getByRole('link', { name: 'Cart', exact: true })).toBeVisible()
  const html = await (await request.get(`/en/products/${slug}`)).text()
  expect(html).toContain(`data-stock-of="${productId}"`)
  expect(/data-stock="(\d+)"/.exec(html)?.[1]).toBe('8')

  const reloaded = await page.reload()
  expect(reloaded?.headers()['cache-control']).toContain('no-store')
  await expect(page.getByTestId('order-number')).toHaveText(ordered)

  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([])

  const stranger = await (await browser.newContext()).newPage()
  const body = await (await stranger.goto(`/en/orders/${ordered}`))?.text()
  expect(body).not.toContain('Lovelace')
  for (const [typed, email] of [
    [ordered, 'eve@example.com'],
    ['261128-BBBB-BBBB', 'ada@example.com'],
    ['nonsense', 'ada@example.com'],
  ] as const) {
    await stranger.getByLabel('Order number').fill(typed)
    await stranger.getByLabel('E-mail').fill(email)
    await stranger.getByRole('button', { name: 'Show the order' }).click()
    await expect(stranger.getByText('There is no order of this number and this e-mail address.')).toBeVisible()
  }
  await stranger.getByLabel('Order number').fill(ordered.toLowerCase())
  await stranger.getByLabel('E-mail').fill('ADA@example.com')
  await stranger.getByRole('button', { name: 'Show the order' }).click()
  await expect(stranger.getByTestId('order-number')).toHaveText(ordered)
  await stranger.context().close()
})

test('a page that is behind orders nothing: what has changed is shown, and the order has the price that was accepted', async ({
  page,
  database,
}) => {
  const { productId, slug, name, amountCents } = await product(database, 1)
  await putIn(page, slug, 3)
  await page.goto('/en/checkout')
  await fillIn(page)
  // The page stands as it is: what it shows is stale from here on.
  await setPrice(database, productId, amountCents + 250)
  await setStock(database, productId, 2)
  try {
    await place(page)
    const changes = page.getByTestId('changes')
    await expect(changes).toContainText(
      `The price of ${name} has changed from ${euros(amountCents)} to ${euros(amountCents + 250)}.`,
    )
    await expect(changes).toContainText(`Of ${name} only 2 are left; you wanted 3.`)
    expect(await countOrders(database, productId)).toBe(0)
    await expect(page.getByTestId('order-total').filter({ visible: true })).toHaveText(
      euros(2 * (amountCents + 250) + STANDARD),
    )
    await expect(page.getByLabel('Full name')).toHaveValue('Ada Lovelace')

    // Once more, under the accepting finger.
    await setPrice(database, productId, amountCents + 300)
    await page.getByRole('button', { name: 'Accept the changes and order' }).click()
    await expect(changes).toContainText(`from ${euros(amountCents + 250)} to ${euros(amountCents + 300)}`)
    await page.getByRole('button', { name: 'Accept the changes and order' }).click()
    const { version } = await database.price(productId)
    expect(await linesOf(database, await number(page))).toEqual([
      { price_version: version, amount_minor: amountCents + 300, quantity: 2 },
    ])
  } finally {
    await setPrice(database, productId, amountCents)
  }
})

test('a cart that is days old says at the checkout what its products cost then, and what is sold out', async ({
  page,
  database,
}) => {
  const [one, two] = [await product(database, 2), await product(database, 3)]
  await putIn(page, one.slug)
  await putIn(page, two.slug, 1, 1)
  await setPrice(database, one.productId, one.amountCents + 100)
  await setStock(database, two.productId, 0)
  try {
    await page.goto('/en/cart')
    await expect(page.getByTestId('cart-total')).toHaveText(euros(one.amountCents + 100))
    await expect(page.getByTestId('price-was')).toHaveText(`It was ${euros(one.amountCents)} when you added it.`)
    await page.goto('/en/checkout')
    await expect(page.getByTestId('changes')).toContainText(`${two.name} is sold out.`)
    await expect(page.getByTestId('changes')).toContainText(`to ${euros(one.amountCents + 100)}`)
    await fillIn(page)
    await place(page)
    expect(await linesOf(database, await number(page))).toMatchObject([{ amount_minor: one.amountCents + 100 }])
    await expect(page.getByRole('banner').getByRole('link', { name: 'Cart 1', exact: true })).toBeVisible()
  } finally {
    await setPrice(database, one.productId, one.amountCents)
    await setStock(database, two.productId, 10)
  }
})

test('a double click, a second tab and the back button make one order, and each leads to it', async ({
  page,
  database,
}) => {
  const { productId, slug } = await product(database, 4)
  await putIn(page, slug)
  const other = await page.context().newPage()
  for (const tab of [page, other]) {
    await tab.goto('/en/checkout')
    await fillIn(tab)
  }
  await page.getByRole('button', { name: 'Order and pay on delivery' }).dblclick()
  const ordered = await number(page)
  await place(other)
  expect(await number(other)).toBe(ordered)
  expect(await countOrders(database, productId)).toBe(1)
})

test('the 21st question for an order of one network is answered with 429, also when it is right', async ({
  page,
  database,
}) => {
  // Under its number, so that the browser and the client below come from one network.
  const shop = environment.BASE_URL.replace('localhost', '127.0.0.1')
  const redis = new Redis(environment.REDIS_URL)
  const forget = async () => {
    for (const key of await redis.keys(redisKeys.orders('lookup', '*'))) await redis.del(key)
  }
  await forget()
  try {
    const { productId } = await product(database, 6)
    const shopper = new Shopper('ada', [shop])
    await shopper.add(productId, (await database.price(productId)).version)
    const { location } = await shopper.order(await shopper.get('/en/checkout'), `standard:${STANDARD}`)
    const ordered = /[\dA-Z]{6}-[\dA-Z]{4}-[\dA-Z]{4}$/.exec(location ?? '')?.[0] ?? 'none'

    const stranger = new Shopper('eve', [shop])
    const form = await stranger.get('/en/orders')
    for (let guess = 1; guess <= 20; guess += 1)
      expect(await stranger.find(form, `261128-BBBB-${1000 + guess}`, 'ada@example.com')).toMatchObject({
        status: 200,
        body: expect.stringContaining('There is no order of this number'),
      })
    const refused = await stranger.find(form, ordered, 'ada@example.com')
    expect(refused).toMatchObject({ status: 429, location: null, body: expect.stringContaining('Too many attempts.') })
    expect(refused.body).not.toContain('Lovelace')
    expect(Number(refused.retryAfter)).toBeGreaterThan(800)

    await page.goto(`${shop}/en/orders`)
    await page.getByLabel('Order number').fill(ordered)
    await page.getByLabel('E-mail').fill('ada@example.com')
    const answer = page.waitForResponse((response) => response.request().method() === 'POST')
    await page.getByRole('button', { name: 'Show the order' }).click()
    expect((await answer).status()).toBe(429)
    await expect(page.getByText('Too many attempts.')).toBeVisible()
    await expect(page.getByLabel('Order number')).toHaveValue(ordered)
  } finally {
    await forget()
    redis.disconnect()
  }
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('an order is placed, after what has changed was accepted', async ({ page, database }) => {
    const { productId, slug, name, amountCents } = await product(database, 5)
    await page.goto(`/en/products/${slug}`)
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await page.getByRole('link', { name: 'To the checkout' }).click()
    await fillIn(page, 'no e-mail')
    await place(page)
    await expect(page.getByText('This is not an e-mail address.')).toBeVisible()
    await expect(page.getByLabel('Full name')).toHaveValue('Ada Lovelace')
    await page.getByLabel('E-mail').fill('ada@example.com')
    await setPrice(database, productId, amountCents + 50)
    try {
      await place(page)
      await expect(page.getByTestId('changes')).toContainText(`The price of ${name} has changed`)
      await page.getByRole('button', { name: 'Accept the changes and order' }).click()
      expect(await linesOf(database, await number(page))).toMatchObject([{ amount_minor: amountCents + 50 }])
    } finally {
      await setPrice(database, productId, amountCents)
    }
  })
})
