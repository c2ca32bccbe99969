import { expect, it } from 'vitest'
import { sumsOf } from './cartRows.ts'

it('multiplies by the quantity and never adds two currencies', () => {
  const line = (quantity: number, amountMinor: number, currency: string) => ({
    quantity,
    price: { amountMinor, currency },
  })
  expect(sumsOf([line(3, 1999, 'EUR'), line(1, 5, 'EUR'), line(1, 700, 'USD')])).toEqual([
    { currency: 'EUR', amountMinor: 6002 },
    { currency: 'USD', amountMinor: 700 },
  ])
})
