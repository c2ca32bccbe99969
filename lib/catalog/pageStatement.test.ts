import { expect, it } from 'vitest'
import { describePrices } from './pageStatement.ts'

const price = (productId: number, version: number, versionUpdatedAt: string) => ({
  productId,
  version,
  versionUpdatedAt,
  amountMinor: 100,
  currency: 'EUR',
  productVersion: 1,
  status: 'active' as const,
  stockVersion: 1,
  stock: 12,
  reducedFromMinor: null,
})

it('names each product once, with its newest version, and the newest time of all', () => {
  const prices = [
    price(42, 7, '2026-11-21T10:00:00.000Z'),
    price(43, 2, '2026-11-21T10:00:01.000Z'),
    price(42, 6, '2026-11-20T10:00:00.000Z'),
  ]
  expect(describePrices(prices)).toEqual({ versions: '42@7 43@2', updatedAt: '2026-11-21T10:00:01.000Z' })
})

it('says nothing about a page without prices', () => {
  expect(describePrices([])).toEqual({ versions: '', updatedAt: undefined })
})
