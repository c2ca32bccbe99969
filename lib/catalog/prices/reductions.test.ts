import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tag } from '#lib/coherence/tags.ts'
import { db } from '#lib/platform/db.ts'
import { type PriceStores, priceStores } from '#lib/pricing/testing/priceStores.ts'
import { versionSource } from '../coherence.ts'
import { productJsonLd } from '../jsonLd.ts'
import { livePrices, readPriceFacts } from './livePrices.ts'
import { parsePricePayload } from './pricePayload.ts'
import { readPriceAtVersion } from './priceAtVersion.ts'
import { readProduct } from '../queries.ts'
import { eachSays, saidByEachReader } from '../testing/readers.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(60)
})
afterAll(() => stores.close())

/** A product of its own for a test, which never cost anything but `amountMinor`: the history is as if it began today. */
async function productFor(amountMinor: number): Promise<{ id: number; slug: string }> {
  const [template] = await db().product.findMany({ take: 1, orderBy: { id: 'asc' }, include: { categories: true } })
  if (!template) throw new Error('the catalog is empty')
  const name = `reduced-${amountMinor}-${Math.random().toString(36).slice(2)}`
  return db().product.create({
    data: {
      slug: name,
      sku: name,
      name,
      description: '',
      brand: template.brand,
      image: template.image,
      price: { create: { amountMinor, currency: 'EUR' } },
      categories: { create: template.categories.map(({ categoryId }) => ({ categoryId })) },
    },
    select: { id: true, slug: true },
  })
}

const set = (productId: number, amountMinor: number, compareAtMinor: number | null) =>
  db().price.update({ where: { productId }, data: { amountMinor, compareAtMinor } })

describe('in the EU', () => {
  it('shows a reduction in each place from the lowest price of 30 days, not from the compare-at price', async () => {
    const { id, slug } = await productFor(10_000)
    await set(id, 8_000, 12_000)
    expect(await saidByEachReader(id)).toEqual(eachSays({ amountMinor: 8_000, reducedFromMinor: 10_000 }))
    const product = await readProduct(slug)
    expect(product && productJsonLd(product, 'https://s', ['https://i']).offers).toMatchObject({
      price: '80.00',
      priceSpecification: { price: '100.00' },
    })
  })

  it('shows none in any place when the price was as low in the 30 days before', async () => {
    const { id, slug } = await productFor(8_000)
    await set(id, 8_000, 12_000)
    expect(await saidByEachReader(id)).toEqual(eachSays({ amountMinor: 8_000, reducedFromMinor: null }))
    const product = await readProduct(slug)
    expect(product && productJsonLd(product, 'https://s', ['https://i']).offers).not.toHaveProperty(
      'priceSpecification',
    )
  })

  it('says the compare-at and the lowest price to programs as facts', async () => {
    const { id } = await productFor(9_000)
    await set(id, 9_000, 12_000)
    expect(await livePrices([id])).toMatchObject([
      { amountMinor: 9_000, compareAtMinor: 12_000, lowestMinor: 9_000, reducedFromMinor: null, status: 'active' },
    ])
  })

  it('draws the preview of a former version with the reduction that it had', async () => {
    const { id } = await productFor(10_000)
    await set(id, 8_000, 12_000)
    await set(id, 9_500, null)
    const reductions = await Promise.all(
      [1, 2, 3].map(async (version) => {
        const found = await readPriceAtVersion(id, version)
        return found.found === 'version' ? found.product.price.reducedFromMinor : found.found
      }),
    )
    expect(reductions).toEqual([null, 10_000, null])
  })
})

describe('the end of a sale', () => {
  it('is known from its schedule while it is shown, and goes with it', async () => {
    const { id, slug } = await productFor(10_000)
    const edit = await db().bulkEdit.create({
      data: { selection: {}, rules: {}, reason: 'Winter sale', createdBy: 'ana@example.com' },
      select: { id: true },
    })
    const endsAt = new Date('2099-12-24T22:59:59.000Z')
    const { id: saleId } = await db().priceSchedule.create({
      data: {
        bulkEditId: edit.id,
        startsAt: new Date(),
        endsAt,
        timeZone: 'Europe/Berlin',
        state: 'running',
        createdBy: 'ana@example.com',
      },
    })
    expect((await readProduct(slug))?.priceValidUntil).toBeNull()
    await db().salePrice.create({ data: { saleId, productId: id, amountMinor: 7_000, compareAtMinor: 10_000 } })
    expect((await readProduct(slug))?.priceValidUntil).toBe('2099-12-24T22:59:59.000Z')
    const row = (await versionSource().rows([tag('price', id)])).get(tag('price', id))
    const [facts] = await readPriceFacts([id])
    expect({ ...facts, ...parsePricePayload(row?.payload, 2) }).toEqual({ ...facts, validUntil: endsAt.toISOString() })
    await db().salePrice.deleteMany({ where: { saleId } })
    expect((await readProduct(slug))?.priceValidUntil).toBeNull()
  })
})
