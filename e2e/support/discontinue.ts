/** Taking a product out of the shop and back, for tests of what shoppers then see. */
import { readFileSync } from 'node:fs'
import { type APIRequestContext, expect } from '@playwright/test'
import { z } from 'zod'
import { LOCALES } from '#lib/platform/locales.ts'
import type { Database } from './database.ts'

const messages = z.object({
  Product: z.object({ discontinuedTitle: z.string() }),
  Client: z.object({ unavailable: z.string() }),
})
const texts = LOCALES.map((locale) => {
  const file = readFileSync(`app/_i18n/messages/${locale}.json`, 'utf8')
  return [locale, messages.parse(JSON.parse(file))] as const
})

/** The text on the page of a discontinued product, by language. */
export const SAYS: Readonly<Record<string, string>> = Object.fromEntries(
  texts.map(([locale, { Product }]) => [locale, Product.discontinuedTitle]),
)

/** The text in place of its price, by language. */
export const UNAVAILABLE: Readonly<Record<string, string>> = Object.fromEntries(
  texts.map(([locale, { Client }]) => [locale, Client.unavailable]),
)

export async function setStatus(
  request: APIRequestContext,
  productId: number,
  status: 'active' | 'discontinued',
): Promise<void> {
  const data = { status, reason: 'Test of the status' }
  // One that is "propagating" is saved, and the same once more says when it is live.
  const once = async () => (await request.put(`/api/admin/products/${productId}/status`, { data })).json()
  await expect.poll(once).toMatchObject({ state: 'live', status })
}

/** The newest product that others show beside them and that is in no group, recommended for the time of a test: other files count products from the first one on. */
export async function recommendedProduct(database: Database) {
  const [row] = await database.sql(
    "SELECT max(id) AS id FROM products JOIN related_products ON related_id = id WHERE status = 'active' AND group_id IS NULL",
  )
  const { id } = z.object({ id: z.number() }).parse(row)
  await database.sql(
    "INSERT INTO product_categories (product_id, category_id) SELECT $1, id FROM categories WHERE slug = 'featured' ON CONFLICT DO NOTHING",
    [id],
  )
  return {
    ...(await database.price(id)),
    restore: async () => {
      await database.sql("UPDATE products SET status = 'active' WHERE id = $1", [id])
      await database.sql(
        "DELETE FROM product_categories WHERE product_id = $1 AND category_id = (SELECT id FROM categories WHERE slug = 'featured')",
        [id],
      )
    },
  }
}
