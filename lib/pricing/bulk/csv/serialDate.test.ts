import { expect, test } from 'vitest'
import { currencyOf, SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { dateOfSerial } from './serialDate.ts'

const priced = (amountMinor: number, code = SHOP_CURRENCY.code) => ({ amountMinor, currency: currencyOf(code) })

test.each([
  ['45992', '2025-12-01'],
  ['36161', '1999-01-01'],
  ['11049', '1930-04-01'],
  ['54788', '2049-12-31'],
])('%s far above the price may be the date %s', (text, day) => {
  expect(dateOfSerial(text, priced(1250))).toBe(day)
})

test.each([
  ['10000', 1250],
  ['60000', 1250],
  ['4599', 1250],
  ['45992.00', 1250],
  ['45,992', 1250],
  ['45992', 45_992],
  ['45992', 4_599_200],
  ['45992', 100_000],
])('%s where the price is %i minor units is none', (text, amountMinor) => {
  expect(dateOfSerial(text, priced(amountMinor))).toBeUndefined()
})

test('where the currency has no decimals, no spreadsheet makes a date of an amount', () => {
  expect(dateOfSerial('45992', priced(129, 'JPY'))).toBeUndefined()
  expect(dateOfSerial('45992', priced(1290, 'KWD'))).toBe('2025-12-01')
})
