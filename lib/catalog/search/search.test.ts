import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PriceStores, priceStores } from '#lib/pricing/testing/priceStores.ts'
import { prefixQuery, searchProducts } from './search.ts'
import { parseSearch, type RawSearchParams } from './searchParams.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(120)
})
afterAll(() => stores.close())

const search = (raw: RawSearchParams) => searchProducts(parseSearch(raw).query)

describe('prefixQuery', () => {
  it.each([
    ['Oak ta', 'oak:* & ta:*'],
    ['a1-b2', 'a1:* & b2:*'],
    ["x' | !y:*", 'x:* & y:*'],
    ['椅子', '椅子:*'],
  ])('makes beginnings of words out of %j, and nothing else', (text, query) => expect(prefixQuery(text)).toBe(query))

  it('has nothing to look for in signs alone', () => expect(prefixQuery('%&|!')).toBeUndefined())
})

describe('search', () => {
  it('finds a product by the beginning of its name, by its brand and by its item number', async () => {
    const product = await stores.database.db.product.findUniqueOrThrow({ where: { id: 1 } })
    const finds = async (q: string) => {
      const { pages } = await search({ q })
      const all = await Promise.all(Array.from({ length: pages }, (_, i) => search({ q, page: String(i + 1) })))
      return all.some(({ products }) => products.some(({ id }) => id === product.id))
    }
    const words = [product.name, product.name.slice(0, 5), product.brand, product.sku, product.sku.toLowerCase()]
    expect(await Promise.all(words.map(async (q) => [q, await finds(q)]))).toEqual(words.map((q) => [q, true]))
  })

  it('keeps to the limits of the price and to the order that was asked for', async () => {
    const { products } = await search({ min: '50', max: '150', sort: 'price-asc' })
    const amounts = products.map(({ price }) => price.amountMinor)
    expect(amounts.length).toBeGreaterThan(0)
    expect(amounts).toEqual(amounts.toSorted((a, b) => a - b))
    expect(amounts.every((amount) => amount >= 5_000 && amount <= 15_000)).toBe(true)
  })

  it('shows the last page when a later one is asked for', async () => {
    const found = await search({ page: '500' })
    expect(found).toMatchObject({ page: found.pages, total: 120 })
    expect(found.products.length).toBeGreaterThan(0)
  })

  it('counts and pages so far and no further, and says that there is more', async () => {
    const { query } = parseSearch({ page: '500' })
    expect(await searchProducts(query, 50)).toMatchObject({ total: 50, more: true, page: 3, pages: 3 })
    expect(await searchProducts(query, 120)).toMatchObject({ total: 120, more: false, page: 5, pages: 5 })
    expect((await searchProducts({ ...query, page: 3 }, 50)).products).toEqual((await search({ page: '3' })).products)
  })

  it('finds nothing for signs, and nothing discontinued', async () => {
    expect(await search({ q: '&&&' })).toEqual({ total: 0, more: false, products: [], page: 1, pages: 1 })
    const { name } = await stores.database.db.product.update({ where: { id: 5 }, data: { status: 'discontinued' } })
    expect((await search({ q: name })).products.map(({ id }) => id)).not.toContain(5)
  })

  it('reads the new price at once', async () => {
    const { sku } = await stores.database.db.product.findUniqueOrThrow({ where: { id: 7 } })
    await stores.database.db.price.update({
      where: { productId: 7 },
      data: { amountMinor: 4321, compareAtMinor: null },
    })
    expect((await search({ q: sku })).products[0]?.price).toMatchObject({ productId: 7, amountMinor: 4321, version: 2 })
  })
})
