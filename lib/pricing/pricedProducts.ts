/** Products with their prices and stocks as the rows say now, for price managers. Never from a cache. */
import { z } from 'zod'
import { findForStaff } from '#lib/catalog/search/search.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import type { LayeredPrice, VersionedPrice } from '#lib/money/price.ts'
import { db } from '#lib/platform/db.ts'

/** The sale that the shop shows. */
interface ShownSale {
  readonly bulkEditId: string
  readonly reason: string
  readonly endsAt: Date | null
}

/** With the price that the shop shows, and the base price, which edits change. */
export interface PricedProduct
  extends
    Pick<VersionedPrice, 'amountMinor' | 'compareAtMinor' | 'currency' | 'version'>,
    Pick<LayeredPrice, 'baseAmountMinor' | 'baseCompareAtMinor'> {
  /** Null: the shop shows the base price. */
  readonly sale: ShownSale | null
  readonly id: number
  readonly slug: string
  readonly sku: string
  readonly name: string
  readonly brand: string
  readonly image: string
  readonly discontinued: boolean
  /** The cost for the shop; null where that is not known. */
  readonly costMinor: number | null
  readonly stock: { readonly quantity: number; readonly version: number }
  /** English name of the category that it is filed under. */
  readonly category: string | undefined
  readonly versionUpdatedAt: Date
}

const PRODUCTS_PAGE_SIZE = 25
/** Products that the pages reach: Postgres counts through all that are before a page. */
const MOST_FOUND = 10_000

const select = {
  id: true,
  slug: true,
  sku: true,
  name: true,
  brand: true,
  image: true,
  status: true,
  price: true,
  stock: true,
  categories: {
    where: { category: { kind: 'category' } },
    select: { category: { select: { names: true, parentId: true } } },
  },
} satisfies Prisma.ProductSelect

type Row = Prisma.ProductGetPayload<{ select: typeof select }>

const englishName = z.object({ en: z.string() })

/** A product is a member of a category and of its parent: the one with a parent says more. */
function categoryOf({ categories }: Row): string | undefined {
  const own = categories.find(({ category }) => category.parentId !== null) ?? categories[0]
  return englishName.safeParse(own?.category.names).data?.en
}

async function shownSales(rows: readonly Row[]): Promise<ReadonlyMap<string, ShownSale>> {
  const ids = [...new Set(rows.flatMap(({ price }) => price?.saleId ?? []))]
  if (ids.length === 0) return new Map()
  const sales = await db().priceSchedule.findMany({
    where: { id: { in: ids } },
    select: { id: true, bulkEditId: true, endsAt: true, bulkEdit: { select: { reason: true } } },
  })
  return new Map(sales.map(({ id, bulkEdit: { reason }, ...sale }) => [id, { ...sale, reason }]))
}

function pricedOf(row: Row, sales: ReadonlyMap<string, ShownSale>): PricedProduct[] {
  if (!row.price || !row.stock) return []
  const { id, slug, sku, name, brand, image, status } = row
  const {
    amountMinor,
    compareAtMinor,
    baseAmountMinor,
    baseCompareAtMinor,
    costMinor,
    currency,
    versionUpdatedAt,
    saleId,
  } = row.price
  const amounts = { amountMinor, compareAtMinor, baseAmountMinor, baseCompareAtMinor, costMinor, currency }
  const version = Number(row.price.version)
  const price = { ...amounts, version, versionUpdatedAt, sale: saleId === null ? null : (sales.get(saleId) ?? null) }
  const stock = { quantity: row.stock.quantity, version: Number(row.stock.version) }
  const discontinued = status === 'discontinued'
  return [{ id, slug, sku, name, brand, image, discontinued, stock, category: categoryOf(row), ...price }]
}

export interface ProductPage {
  readonly products: readonly PricedProduct[]
  readonly hasNext: boolean
}

/** In the order of their ids. */
async function idsFrom(from: number, to: number): Promise<number[]> {
  const rows = await db().product.findMany({
    orderBy: { id: 'asc' },
    skip: from,
    take: to - from,
    select: { id: true },
  })
  return rows.map(({ id }) => id)
}

/** The best first; a number is an id before it is anything else. */
async function idsOf(text: string, most: number): Promise<number[]> {
  const own = /^[1-9]\d{0,8}$/.test(text) ? [Number(text)] : []
  return [...new Set([...own, ...(await findForStaff(text, most))])]
}

/**
 * Active and discontinued products: those that the search finds, the best first, or all in the order of their ids.
 * @param query all products when empty
 * @param page from 1
 */
export async function findPricedProducts(query: string, page: number): Promise<ProductPage> {
  const text = query.trim()
  const from = Math.min((page - 1) * PRODUCTS_PAGE_SIZE, MOST_FOUND)
  const end = Math.min(from + PRODUCTS_PAGE_SIZE + 1, MOST_FOUND)
  const found = text === '' ? await idsFrom(from, end) : (await idsOf(text, end)).slice(from, end)
  const ids = found.slice(0, PRODUCTS_PAGE_SIZE)
  const byId = new Map(
    (await db().product.findMany({ where: { id: { in: ids } }, select })).map((row) => [row.id, row] as const),
  )
  const rows = ids.flatMap((id) => byId.get(id) ?? [])
  const sales = await shownSales(rows)
  return { products: rows.flatMap((row) => pricedOf(row, sales)), hasNext: found.length > PRODUCTS_PAGE_SIZE }
}

/** @returns undefined when there is no such product */
export async function pricedProduct(id: number): Promise<PricedProduct | undefined> {
  const row = await db().product.findUnique({ where: { id }, select })
  return row ? pricedOf(row, await shownSales([row]))[0] : undefined
}
