import { expect, it } from 'vitest'
import { sumsOf } from './cartRows.ts'

const line = (quantity: number, amountMinor: number, currency: string, stock = 9) => ({
  quantity,
  price: { amountMinor, currency, stock },
})

it('multiplies by the quantity and never adds two currencies', () => {
  expect(sumsOf([line(3, 1999, 'EUR'), line(1, 5, 'EUR'), line(1, 700, 'USD')])).toEqual([
    { currency: 'EUR', amountMinor: 6002 },
    { currency: 'USD', amountMinor: 700 },
  ])
})

it('adds up no more than is in stock', () => {
  expect(sumsOf([line(3, 1000, 'EUR', 2), line(1, 500, 'EUR', 0)])).toEqual([{ currency: 'EUR', amountMinor: 2000 }])
})
