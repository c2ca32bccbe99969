import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { lowestPrices } from './prices/lowestPrice.ts'
import { reductionOf } from './prices/priceReduction.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import type { ProductCard } from './rows.ts'
import { readCategoryTiles, readCategoryTotal, readNavigation, readProduct, readProductList } from './queries.ts'

let database: SeededDatabase
beforeAll(async () => {
  database = await seededDatabase(300)
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs() // the database is dropped from the server that the environment names
  await database.drop()
})

const slugOf = async (id: number) => (await database.db.product.findUniqueOrThrow({ where: { id } })).slug

describe('a product', () => {
  it('has the amount and the version of one price row, its stock, its categories from the top, and its related products', async () => {
    const row = await database.db.price.findUniqueOrThrow({ where: { productId: 1 } })
    const stock = await database.db.stock.findUniqueOrThrow({ where: { productId: 1 } })
    const product = await readProduct(await slugOf(1))
    expect(product?.price).toEqual({
      productId: 1,
      amountMinor: row.amountMinor,
      currency: row.currency,
      version: Number(row.version),
      versionUpdatedAt: row.versionUpdatedAt.toISOString(),
      productVersion: product?.version,
      status: 'active',
      stock: stock.quantity,
      stockVersion: Number(stock.version),
      reducedFromMinor: reductionOf(
        {
          amountMinor: row.amountMinor,
          compareAtMinor: row.compareAtMinor,
          lowestMinor: (await lowestPrices([1])).get(1) ?? null,
        },
        'eu',
      ).reducedFromMinor,
    })
    expect(product?.categories.map((category) => category.parentId === null)).toEqual([true, false])
    expect(product?.related).toHaveLength(6)
  })

  it('never has the amount of one version with the number of another, while its price changes', async () => {
    const slug = await slugOf(2)
    const { amountMinor, version } = await database.db.price.update({
      where: { productId: 2 },
      data: { compareAtMinor: null, amountMinor: 100_000 },
    })
    const expected = (read: number) => amountMinor + (read - Number(version))
    const state = { writing: true }
    const writes = (async () => {
      for (let n = 1; n <= 100; n += 1)
        await database.db.price.update({ where: { productId: 2 }, data: { amountMinor: amountMinor + n } })
      state.writing = false
    })()
    let reads = 0
    while (state.writing) {
      const price = (await readProduct(slug))?.price
      expect(price?.amountMinor).toBe(expected(price?.version ?? 0))
      reads += 1
    }
    await writes
    expect(reads).toBeGreaterThan(3)
  })

  it('is undefined for an unknown slug, also for a hostile one', async () => {
    expect(await readProduct('no-such-product')).toBeUndefined()
    expect(await readProduct("'; DROP TABLE products; --")).toBeUndefined()
  })
})

describe('a list', () => {
  it('runs through a category by rank and id, each product once, of a group the first one, without what is discontinued', async () => {
    const { tiles } = await readCategoryTiles()
    const slug = tiles[0]?.slug ?? ''
    const before = await readProductList(slug, 'category', 1)
    const gone = before?.products[0]?.id ?? 0
    await database.db.product.update({ where: { id: gone }, data: { status: 'discontinued' } })

    const seen: number[] = []
    for (let page = 1; ; page += 1) {
      const list = await readProductList(slug, 'category', page)
      if (!list || list.products.length === 0) break
      seen.push(...list.products.map((product) => product.id))
    }
    const rows = await database.db.product.findMany({
      where: { status: 'active', categories: { some: { category: { slug } } } },
      orderBy: [{ rank: 'asc' }, { id: 'asc' }],
    })
    const firsts = rows.filter(
      ({ groupId }, i) => groupId === null || rows.findIndex((other) => other.groupId === groupId) === i,
    )
    expect(firsts.length).toBeLessThan(rows.length)
    expect(seen).toEqual(firsts.map((row) => row.id))
    expect(seen).not.toContain(gone)
    const after = await readProductList(slug, 'category', 1)
    expect(await readCategoryTotal(slug)).toMatchObject({ total: seen.length, version: after?.category.version })
    expect(after?.category.version).toBeGreaterThan(before?.category.version ?? 0)
  })

  it('says of each reduced product the lowest price of the 30 days before, as its own page does, and of no other one', async () => {
    const { tiles } = await readCategoryTiles()
    const products = (await readProductList(tiles[1]?.slug ?? '', 'category', 1))?.products ?? []
    const [sale, plain, claimed] = products
    if (!sale || !plain || !claimed) throw new Error('the category is empty')
    await database.db.price.update({
      where: { productId: sale.id },
      data: { amountMinor: 8_900, compareAtMinor: null },
    })
    await database.db.$executeRaw`ALTER TABLE price_changes DISABLE TRIGGER price_changes_append_only`
    await database.db
      .$executeRaw`UPDATE price_changes SET changed_at = changed_at - interval '60 days' WHERE product_id = ${sale.id}`
    await database.db.$executeRaw`ALTER TABLE price_changes ENABLE TRIGGER price_changes_append_only`
    await database.db.price.update({
      where: { productId: sale.id },
      data: { amountMinor: 8_000, compareAtMinor: 12_000 },
    })
    await database.db.price.update({
      where: { productId: plain.id },
      data: { compareAtMinor: null, amountMinor: 5_000 },
    })
    // Beside a compare-at price that was never asked there is nothing to show.
    await database.db.price.update({
      where: { productId: claimed.id },
      data: { amountMinor: 100, compareAtMinor: null },
    })
    await database.db.price.update({
      where: { productId: claimed.id },
      data: { amountMinor: 100, compareAtMinor: 9_000 },
    })
    const cards = (await readProductList(tiles[1]?.slug ?? '', 'category', 1))?.products ?? []
    const lowest = await lowestPrices(cards.map(({ id }) => id))
    const shown = ({ id, price }: ProductCard) => {
      const cents = lowest.get(id) ?? 0
      return cents > price.amountMinor ? cents : null
    }
    expect(cards.map(({ price }) => price.reducedFromMinor)).toEqual(cards.map(shown))
    expect(cards[0]?.price.reducedFromMinor).toBe(8_900)
    expect(cards[1]?.price.reducedFromMinor).toBeNull()
    expect(lowest.get(claimed.id)).toBe(100)
    expect(cards[2]?.price.reducedFromMinor).toBeNull()
    expect((await readProduct(sale.slug))?.price).toEqual(cards[0]?.price)
  })

  it('lends a tile the picture of its first product that no collection has, and says which collections it looked at', async () => {
    const before = await readCategoryTiles()
    const cover = before.tiles[0]?.cover?.id ?? 0
    const collection = await database.db.category.findUniqueOrThrow({ where: { slug: 'featured' } })
    expect(before.collections).toEqual([{ id: collection.id, version: Number(collection.version) }])
    const membership = { productId: cover, categoryId: collection.id }
    expect(await database.db.productCategory.count({ where: membership })).toBe(0)
    await database.db.productCategory.create({ data: membership })
    const after = await readCategoryTiles()
    expect(after.tiles[0]?.cover?.id).toBeGreaterThan(cover)
    expect(after.collections[0]?.version).toBeGreaterThan(before.collections[0]?.version ?? 0)
    await database.db.productCategory.delete({ where: { categoryId_productId: membership } })
    expect((await readCategoryTiles()).tiles[0]?.cover?.id).toBe(cover)
  })

  it('distinguishes a category from a collection', async () => {
    expect((await readProductList('featured', 'collection', 1, 12))?.products).toHaveLength(12)
    expect(await readProductList('featured', 'category', 1)).toBeUndefined()
    expect(await readCategoryTotal('featured')).toBeUndefined()
  })

  it('is empty, not missing, beyond its last page', async () => {
    expect(await readProductList('featured', 'collection', 99)).toMatchObject({ products: [] })
  })
})

describe('the tree', () => {
  it('carries the version of the catalog, which grows when a category is renamed', async () => {
    const before = await readNavigation()
    expect(before.categories).toHaveLength(24)
    const id = before.categories[0]?.id ?? 0
    await database.db.category.update({ where: { id }, data: { names: { en: 'Renamed' } } })
    const after = await readNavigation()
    expect(after.catalogVersion).toBeGreaterThan(before.catalogVersion)
    expect((await readCategoryTiles()).catalogVersion).toBe(after.catalogVersion)
    expect(after.categories.find((category) => category.id === id)?.names).toEqual({ en: 'Renamed' })
  })
})
