/** Taking a product out of the shop and back, for tests of what shoppers then see. */
import { type APIRequestContext, expect } from '@playwright/test'
import { z } from 'zod'
import type { Database } from './database.ts'

export const SAYS: Readonly<Record<string, string>> = {
  en: 'This product is no longer made',
  de: 'Dieses Produkt wird nicht mehr hergestellt',
  fr: 'Ce produit n’est plus fabriqué',
  es: 'Este producto ya no se fabrica',
  pt: 'Este produto não é mais fabricado',
  ja: 'この商品は販売を終了しました',
  ko: '더 이상 생산되지 않는 상품입니다',
}

export const UNAVAILABLE: Readonly<Record<string, string>> = {
  en: 'No longer available',
  de: 'Nicht mehr lieferbar',
  fr: 'N’est plus disponible',
  es: 'Ya no está disponible',
  pt: 'Não está mais disponível',
  ja: '取り扱いを終了しました',
  ko: '더 이상 판매하지 않음',
}

export async function setStatus(
  request: APIRequestContext,
  productId: number,
  status: 'active' | 'discontinued',
): Promise<void> {
  const response = await request.put(`/api/admin/products/${productId}/status`, {
    data: { status, reason: 'Test of the shelves' },
  })
  expect(await response.json()).toMatchObject({ state: 'live', status })
}

/** The newest product that others show beside them, recommended for the time of a test: other files count products from the first one on. */
export async function recommendedProduct(database: Database) {
  const [row] = await database.sql(
    "SELECT max(id) AS id FROM products JOIN related_products ON related_id = id WHERE status = 'active'",
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
