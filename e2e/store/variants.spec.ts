/** Colours and sizes of one thing: a page each, one card for all of them, and prices that never disagree. */
import { AxeBuilder } from '@axe-core/playwright'
import { z } from 'zod'
import type { Page } from '@playwright/test'
import { readPage } from '../coherence/readings.ts'
import type { Database } from '../support/database.ts'
import { pagesOf } from '../support/pagesOf.ts'
import { expect, test } from '../support/test.ts'

const member = z.object({
  id: z.number(),
  slug: z.string(),
  sku: z.string(),
  name: z.string(),
  colour: z.string(),
  size: z.string(),
  amount: z.number(),
  version: z.coerce.number(),
})
type Member = z.infer<typeof member>

/** A group with two colours, of which the first comes in two sizes: by rank. */
async function group(database: Database): Promise<{ id: number; members: [Member, Member, Member] }> {
  const rows = await database.sql(
    `SELECT p.group_id AS "groupId", p.id, p.slug, p.sku, p.name, p.colour, p.size, pr.amount_cents AS amount, pr.version
     FROM products p JOIN prices pr ON pr.product_id = p.id WHERE p.group_id = (
       SELECT group_id FROM products WHERE size IS NOT NULL GROUP BY group_id
       HAVING count(*) = 3 AND count(DISTINCT colour) = 2 AND count(DISTINCT size) = 2 ORDER BY group_id LIMIT 1)
     ORDER BY p.rank, p.id`,
  )
  const members = z.tuple([member, member, member]).parse(rows)
  return { id: z.object({ groupId: z.number() }).parse(rows[0]).groupId, members }
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const euros = (cents: number) => new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(cents / 100)

const structured = async (page: Page): Promise<Record<string, unknown>[]> =>
  (await page.locator('script[type="application/ld+json"]').allTextContents()).map((text) =>
    z.record(z.string(), z.unknown()).parse(JSON.parse(text)),
  )

test('a product leads to its other colours and sizes by keyboard, names what is chosen, and is bought for itself', async ({
  page,
  database,
}) => {
  const { members } = await group(database)
  const twoSizes = members.find(({ colour, id }) => members.some((other) => other.id !== id && other.colour === colour))
  const one = twoSizes ?? members[0]
  const otherSize = members.find(({ colour, size }) => colour === one.colour && size !== one.size) ?? members[0]
  const otherColour = members.find(({ colour }) => colour !== one.colour) ?? members[0]
  await page.goto(`/en/products/${one.slug}`)
  const colours = page.getByRole('navigation', { name: `Colour: ${capital(one.colour)}` })
  const sizes = page.getByRole('navigation', { name: `Size: ${one.size}` })
  await expect(colours.getByRole('link')).toHaveCount(2)
  await expect(sizes.getByRole('link')).toHaveCount(2)
  await expect(colours.locator('[aria-current="page"]')).toHaveAccessibleName(
    new RegExp(`^${capital(one.colour)} (In stock|Only|Sold out)`),
  )
  await expect(colours.getByRole('link', { name: capital(otherColour.colour) })).toHaveAttribute(
    'href',
    `/en/products/${otherColour.slug}`,
  )
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations).toEqual([])

  await sizes.getByRole('link', { name: otherSize.size }).focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(`/en/products/${otherSize.slug}`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(otherSize.name)
  await expect(page.getByRole('navigation', { name: `Size: ${otherSize.size}` })).toBeVisible()
  await database.sql('UPDATE stock SET quantity = 9 WHERE product_id = $1', [otherSize.id])
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await expect(page.getByRole('link', { name: 'View cart' })).toBeVisible()
  await page.goto('/en/cart')
  await expect(page.getByRole('main').getByRole('link', { name: otherSize.name })).toBeVisible()
})

test('a list has one card of a group, whose price follows an edit of any of its products, in an open tab and at the first request', async ({
  page,
  request,
  database,
}) => {
  const { members } = await group(database)
  const [first, , last] = members
  const {
    categories: [list = ''],
  } = await pagesOf(database, first.id)
  await page.goto(list)
  const cards = page.getByRole('main').getByRole('article')
  const card = cards.filter({ has: page.locator(`a[href="/en/products/${first.slug}"]`) })
  await expect(card).toHaveCount(1)
  for (const { slug } of members.slice(1))
    await expect(page.locator(`main a[href="/en/products/${slug}"]`)).toHaveCount(0)
  await expect(card).toContainText('2 colours')
  try {
    const least = Math.min(...members.map(({ amount }) => amount)) - 200
    await database.sql('UPDATE prices SET amount_cents = $2, compare_at_cents = NULL WHERE product_id = $1', [
      last.id,
      least,
    ])
    await expect(card).toContainText(`From ${euros(least)}`)
    await expect(card.locator('[data-amount-cents]')).toHaveAttribute('data-product-id', String(last.id))
    const read = async () => {
      const response = await request.get(list)
      return readPage(await response.text(), undefined, response.headers()['cache-tag'])
    }
    // Past the application: the index follows within a moment.
    const { version } = await database.price(last.id)
    await expect
      .poll(async () => (await read()).shown)
      .toContainEqual({ productId: last.id, version, amountCents: least })
    expect((await read()).torn).toEqual([])
    await database.sql(
      'UPDATE prices SET amount_cents = $2, compare_at_cents = NULL WHERE product_id = ANY($1::int[])',
      [members.map(({ id }) => id), least],
    )
    await expect(card).not.toContainText('From')
    await expect(card).toContainText(euros(least))
  } finally {
    for (const { id, amount } of members)
      await database.sql('UPDATE prices SET amount_cents = $2 WHERE product_id = $1', [id, amount])
  }
})

const variant = z.object({
  '@id': z.string(),
  sku: z.string().optional(),
  offers: z.object({ price: z.string(), priceCurrency: z.string(), availability: z.string() }).optional(),
})
const productGroup = z.object({
  '@type': z.literal('ProductGroup'),
  '@id': z.string(),
  name: z.string(),
  productGroupID: z.string(),
  variesBy: z.array(z.string()),
  hasVariant: z.array(variant),
})

test('search engines and merchants read the group: what varies, each variant with its own offer, by the same id', async ({
  page,
  database,
}) => {
  const { id, members } = await group(database)
  const [first] = members
  await page.goto(`/en/products/${first.slug}`)
  const documents = await structured(page)
  const own = documents.find((one) => one['@type'] === 'Product')
  const read = productGroup.parse(documents.find((one) => one['@type'] === 'ProductGroup'))
  expect(read.variesBy).toEqual(['https://schema.org/color', 'https://schema.org/size'])
  expect(read.productGroupID).toBe(String(id))
  expect(own).toMatchObject({
    sku: first.sku,
    color: capital(first.colour),
    size: first.size,
    isVariantOf: { '@id': read['@id'] },
    offers: { price: (first.amount / 100).toFixed(2) },
  })
  expect(read.hasVariant[0]).toEqual({ '@id': own?.['@id'] })
  expect(read.hasVariant.slice(1).map(({ sku, offers }) => [sku, offers?.price])).toEqual(
    members.slice(1).map(({ sku, amount }) => [sku, (amount / 100).toFixed(2)]),
  )
  expect(first.name.startsWith(read.name)).toBe(true)
  const feed = await (await page.request.get(`/en/feeds/google/${Math.ceil(first.id / 200)}.xml`)).text()
  const items = [...feed.matchAll(/<item>.*?<\/item>/gs)].map(([item]) => item)
  for (const { sku, size, colour } of members) {
    const item = items.find((one) => one.includes(`<g:id>${sku}</g:id>`)) ?? ''
    expect(item).toContain(
      `<g:item_group_id>${id}</g:item_group_id><g:color>${capital(colour)}</g:color><g:size>${size}</g:size>`,
    )
  }
})
