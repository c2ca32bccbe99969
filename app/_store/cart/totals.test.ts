import { expect, it } from 'vitest'
import { totals } from './totals.ts'

const item = (productId: number, quantity: number) => ({ productId, quantity, slug: '', name: '', image: '/' })
const price = (productId: number, amountMinor: number, currency = 'EUR') => ({
  productId,
  amountMinor,
  currency,
  stockVersion: 1,
  stock: 12,
  reducedFromMinor: null,
  productVersion: 1,
  status: 'active' as const,
  version: 1,
  versionUpdatedAt: '',
})

it('multiplies by the quantity, leaves out what has no price, and never adds two currencies', () => {
  const prices = [price(1, 1999), price(2, 5), price(3, 700, 'USD')]
  expect(
    totals([item(1, 3), item(2, 1), item(3, 1), item(4, 9)], (id) => prices.find((p) => p.productId === id)),
  ).toEqual([
    { currency: 'EUR', amountMinor: 6002 },
    { currency: 'USD', amountMinor: 700 },
  ])
})
