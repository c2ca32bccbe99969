import { expect, test } from 'vitest'
import { amountOfGroup, cheapestOf, mostOf } from './groupPrice.ts'

const euros = (amountMinor: number, productId = 1) => ({ productId, amountMinor, currency: 'EUR' })
const yen = { productId: 9, amountMinor: 1, currency: 'JPY' }

test('of a group the cheapest is shown, of several equal ones the first, and nothing is converted', () => {
  expect(cheapestOf([euros(1200), euros(900, 2), euros(900, 3), yen])).toEqual(euros(900, 2))
  expect(cheapestOf([yen, euros(1)])).toEqual(yen)
  expect(cheapestOf([])).toBeUndefined()
})

test('"from" stands before an amount where the prices of the group differ', () => {
  expect(amountOfGroup([euros(900), euros(900, 2)], '€9.00', 'en')).toBe('€9.00')
  expect(amountOfGroup([euros(900), euros(901, 2)], '€9.00', 'en')).toBe('From €9.00')
  expect(amountOfGroup([euros(900), yen], '9,00 €', 'de')).toBe('Ab 9,00 €')
  expect(amountOfGroup([euros(900), euros(901, 2)], '€9.00', 'ja')).toBe('€9.00から')
})

test('of a group the stock is shown of which there is most', () => {
  const stock = ({ quantity }: { quantity: number }) => quantity
  expect(mostOf([{ quantity: 0 }, { quantity: 3 }, { quantity: 3 }], stock)).toEqual({ quantity: 3 })
  expect(mostOf([], stock)).toBeUndefined()
})
