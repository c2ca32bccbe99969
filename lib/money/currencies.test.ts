import { expect, test } from 'vitest'
import { currencyOf, minorPerUnit, minorUnits, SHOP_CURRENCY } from './currencies.ts'

test('agrees with the list of the machine on how many decimals the currency of the shop has', () => {
  const { maximumFractionDigits } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency: SHOP_CURRENCY.code,
  }).resolvedOptions()
  expect(SHOP_CURRENCY.digits).toBe(maximumFractionDigits)
  expect(currencyOf(SHOP_CURRENCY.code)).toEqual(SHOP_CURRENCY)
})

test.each([
  ['JPY', 0, '¥', 1],
  ['KWD', 3, 'KWD', 1000],
  ['CHF', 2, 'CHF', 100],
] as const)('knows %s, which the shop does not list, from the machine', (code, digits, symbol, minor) => {
  expect(currencyOf(code)).toEqual({ code, digits, symbol })
  expect(minorPerUnit(currencyOf(code))).toBe(minor)
})

test('refuses what is no code', () => {
  expect(() => currencyOf('€')).toThrow(RangeError)
})

test.each([
  ['12', '9', 2, 1290],
  ['12', '', 2, 1200],
  ['12', '', 0, 12],
  ['1', '5', 3, 1500],
] as const)('%s and %s decimals of %i are %i minor units', (whole, decimals, digits, amount) => {
  expect(minorUnits(whole, decimals, { digits })).toBe(amount)
})
