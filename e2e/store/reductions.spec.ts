/** The statements of a reduction. The lowest price of the 30 days before supports each. */
import type { Locator } from '@playwright/test'
import { z } from 'zod'
import { pagesOf } from '../support/pagesOf.ts'
import { expect, test } from '../support/test.ts'

const CRAWLED = /<script type="application\/ld\+json">(.*?)<\/script>/g

const euros = (cents: number) => new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(cents / 100)

/** The statements of a price: the amount, the struck-through one and the saving. */
async function saidOf(
  price: Locator,
): Promise<{ cents: number; before: string | undefined; saving: string | undefined }> {
  const before = price.locator('s')
  const saving = price.getByText(/^Save /)
  return {
    cents: Number(await price.getAttribute('data-amount-cents')),
    before: (await before.count()) === 0 ? undefined : (await before.innerText()).replace(/^Before:\s*/, ''),
    saving: (await saving.count()) === 0 ? undefined : await saving.innerText(),
  }
}

test('a reduction is shown from the lowest price of 30 days on each page, and none where that is not above the price', async ({
  page,
  request,
  database,
}) => {
  const product = await database.plainProduct(50)
  const { productId, slug } = product
  const set = (amount: number, compareAt: number | null) =>
    database.sql('UPDATE prices SET amount_cents = $2, compare_at_cents = $3 WHERE product_id = $1', [
      productId,
      amount,
      compareAt,
    ])
  const own = `/en/products/${slug}`
  const {
    categories: [list = ''],
    search,
  } = await pagesOf(database, productId)
  const price = (path: string) =>
    page.getByRole('article').locator(`[data-product-id="${productId}"]`).first().describe(path)
  const offer = async () => {
    const html = await (await request.get(own)).text()
    const all = [...html.matchAll(CRAWLED)].map(([, json = '']) => Object(JSON.parse(json)))
    return all.find((value) => value['@type'] === 'Product')?.offers
  }
  try {
    // Asked for 50 euros a moment ago: 50 beside a compare-at price of 70 is no reduction.
    await set(5_000, null)
    await set(5_000, 7_000)
    const { version } = await database.price(productId)
    for (const path of [own, list, search]) {
      await page.goto(path)
      await expect(price(path)).toHaveAttribute('data-price-version', String(version))
      expect(await saidOf(price(path)), path).toEqual({ cents: 5_000, before: undefined, saving: undefined })
      await expect(page.locator(`[data-lowest-price="${version}"]`), path).toHaveCount(0)
      await expect(
        page
          .getByRole('article')
          .filter({ has: price(path) })
          .locator('[data-card-lowest]'),
        path,
      ).toHaveCount(0)
    }
    expect(await offer()).not.toHaveProperty('priceSpecification')

    // An open tab hears of a real one: from 50, the lowest of 30 days, or less, and not from 70.
    await page.goto(own)
    await expect(price(own)).toHaveAttribute('data-price-version', String(version))
    const lowest = Math.min(product.amountCents, 5_000)
    const reduced = Math.floor(lowest * 0.75)
    await set(reduced, 7_000)
    await expect(price(own)).toHaveAttribute('data-amount-cents', String(reduced))
    const saving = `Save ${Math.floor(((lowest - reduced) / lowest) * 100)}%`
    expect(await saidOf(price(own))).toEqual({ cents: reduced, before: euros(lowest), saving })
    await expect(page.locator('[data-lowest-price]')).toHaveText(`Lowest price of the last 30 days: ${euros(lowest)}`)
    for (const path of [own, list, search]) {
      await page.goto(path)
      await expect(price(path)).toHaveAttribute('data-amount-cents', String(reduced))
      expect(await saidOf(price(path)), path).toEqual({ cents: reduced, before: euros(lowest), saving })
    }
    expect(await offer()).toMatchObject({
      price: (reduced / 100).toFixed(2),
      priceSpecification: {
        priceType: 'https://schema.org/StrikethroughPrice',
        price: (lowest / 100).toFixed(2),
        priceCurrency: 'EUR',
      },
    })
  } finally {
    await set(product.amountCents, null)
  }
})

test('every reduction of the seeded shop is one: a struck-through price is the lowest of 30 days and above the amount', async ({
  page,
  database,
}) => {
  await page.goto('/en')
  const struck = page.locator('[data-product-id]').filter({ has: page.locator('s') })
  expect(await struck.count()).toBeGreaterThan(0)
  for (const price of await struck.all()) {
    const id = Number(await price.getAttribute('data-product-id'))
    const rows = await database.sql('SELECT min(old_amount_cents) AS lowest FROM price_changes WHERE product_id = $1', [
      id,
    ])
    const { lowest } = z.object({ lowest: z.number() }).parse(rows[0])
    const { cents, before } = await saidOf(price)
    expect(before).toBe(euros(lowest))
    expect(lowest).toBeGreaterThan(cents)
  }
})
