/** Products with their prices as the rows say now, for people who change them. Never from a cache. */
import { z } from 'zod'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'

export interface PricedProduct {
  readonly id: number
  readonly slug: string
  readonly sku: string
  readonly name: string
  readonly brand: string
  readonly image: string
  readonly discontinued: boolean
  /** English name of the category that it is filed under. */
  readonly category: string | undefined
  readonly amountCents: number
  readonly compareAtCents: number | null
  readonly currency: string
  readonly version: number
  readonly versionUpdatedAt: Date
}

export const PRODUCTS_PAGE_SIZE = 25
const MAX_QUERY_LENGTH = 100

const select = {
  id: true,
  slug: true,
  sku: true,
  name: true,
  brand: true,
  image: true,
  status: true,
  price: true,
  categories: { where: { category: { kind: 'category' } }, select: { category: { select: { names: true, parentId: true } } } },
} satisfies Prisma.ProductSelect

type Row = Prisma.ProductGetPayload<{ select: typeof select }>

const englishName = z.object({ en: z.string() })

/** A product is a member of a category and of its parent: the one with a parent says more. */
function categoryOf({ categories }: Row): string | undefined {
  const own = categories.find(({ category }) => category.parentId !== null) ?? categories[0]
  return englishName.safeParse(own?.category.names).data?.en
}

function pricedOf(row: Row): PricedProduct[] {
  if (!row.price) return []
  const { id, slug, sku, name, brand, image, status } = row
  const { amountCents, compareAtCents, currency, version, versionUpdatedAt } = row.price
  const price = { amountCents, compareAtCents, currency, version: Number(version), versionUpdatedAt }
  return [{ id, slug, sku, name, brand, image, discontinued: status === 'discontinued', category: categoryOf(row), ...price }]
}

/** Every word must occur in the name, the SKU or the brand; a number also finds the product with that id. */
function matching(query: string): Prisma.ProductWhereInput {
  const words = query.slice(0, MAX_QUERY_LENGTH).split(/\s+/).filter(Boolean)
  const contains = (word: string) => ({ contains: word.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' as const })
  const texts = { AND: words.map((word) => ({ OR: [{ name: contains(word) }, { sku: contains(word) }, { brand: contains(word) }] })) }
  return /^[1-9]\d{0,8}$/.test(query) ? { OR: [{ id: Number(query) }, texts] } : texts
}

export interface ProductPage {
  readonly products: readonly PricedProduct[]
  readonly page: number
  readonly hasNext: boolean
}

/** @param page from 1 */
export async function findPricedProducts(query: string, page: number): Promise<ProductPage> {
  const rows = await db().product.findMany({
    where: { price: { isNot: null }, ...matching(query.trim()) },
    orderBy: { id: 'asc' },
    skip: (page - 1) * PRODUCTS_PAGE_SIZE,
    take: PRODUCTS_PAGE_SIZE + 1,
    select,
  })
  return { products: rows.slice(0, PRODUCTS_PAGE_SIZE).flatMap(pricedOf), page, hasNext: rows.length > PRODUCTS_PAGE_SIZE }
}

/** @returns undefined when there is no such product */
export async function pricedProduct(id: number): Promise<PricedProduct | undefined> {
  const row = await db().product.findUnique({ where: { id }, select })
  return row ? pricedOf(row)[0] : undefined
}
