import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ShownPrice, shownPrice } from '#lib/money/price.ts'
import { toWire } from '#lib/money/wire.ts'
import { readPrice } from './readPrice.ts'

const price = (productId: number, version: number): ShownPrice => ({
  productId,
  version,
  amountMinor: version * 100,
  currency: 'EUR',
  versionUpdatedAt: '2026-11-21T10:00:00.000Z',
  productVersion: 1,
  status: 'active',
  stockVersion: 1,
  stock: 12,
  reducedFromMinor: null,
})
const gone = (productId: number, version: number, productVersion: number): ShownPrice => ({
  ...price(productId, version),
  productVersion,
  status: 'discontinued',
})

describe('readPrice', () => {
  it('takes a price as the API writes it', () => {
    const reduced = { ...price(42, 7), reducedFromMinor: 900 }
    expect(readPrice(toWire({ ...reduced, compareAtMinor: 1_000, lowestMinor: 900 }))).toEqual(reduced)
    expect(readPrice(toWire(gone(42, 7, 2)))).toEqual(gone(42, 7, 2))
  })

  it('shows no reduction that is none', () => {
    expect(readPrice(toWire({ ...price(42, 7), reducedFromMinor: 700 }))).toEqual(price(42, 7))
  })

  it('takes what says nothing of the product for sold and of its stock for none, by no version of them: anything newer says more', () => {
    const { productId, version, amountMinor, currency, versionUpdatedAt } = price(42, 7)
    expect(readPrice(toWire({ productId, version, amountMinor, currency, versionUpdatedAt }))).toEqual({
      ...price(42, 7),
      productVersion: 0,
      stockVersion: 0,
      stock: 0,
    })
  })

  it.each([
    null,
    7,
    'price',
    {},
    toWire({ ...price(42, 7), amountMinor: 0 }),
    toWire({ ...price(42, 7), version: '7' }),
    toWire({ ...price(42, 7), currency: 'euro' }),
  ])('refuses %j', (value) => expect(readPrice(value)).toBeUndefined())
})

/** A price, of which some fields are something else or are not there. */
const nearlyPrices = fc.record(
  {
    productId: fc.oneof(fc.constantFrom(42, 0, -1, 1.5, '42', null), fc.nat()),
    amountMinor: fc.oneof(fc.constantFrom(1290, 0, -1, 12.9, '1290', null, Number.NaN), fc.nat(99_999_998)),
    currency: fc.constantFrom('EUR', 'JPY', 'eur', 'EURO', '', null, 978),
    version: fc.constantFrom(1, 7, 0, '7', null),
    versionUpdatedAt: fc.constantFrom('2026-11-21T10:00:00.000Z', 0, null),
    productVersion: fc.constantFrom(1, 3),
    status: fc.constantFrom('active', 'discontinued'),
    stockVersion: fc.constantFrom(1, 3),
    stock: fc.constantFrom(0, 12, -1, 0.5),
    reducedFromMinor: fc.constantFrom(null, 99_999_999),
  },
  { requiredKeys: ['productVersion', 'status', 'stockVersion', 'stock', 'reducedFromMinor'] },
)

it('takes what the schema takes, unchanged, and refuses what it refuses', () => {
  fc.assert(
    fc.property(nearlyPrices, (value) => {
      expect(readPrice(toWire(value))).toEqual(shownPrice.safeParse(value).data)
    }),
    { numRuns: 2_000 },
  )
})
