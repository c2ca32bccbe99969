import { describe, expect, test } from 'vitest'
import type { Currency } from '#lib/money/currencies.ts'
import { exactMinor, plusPercent, type Rounding, roundedWithin } from './roundAmount.ts'

const EURO: Currency = { code: 'EUR', digits: 2, symbol: '€' }
const YEN: Currency = { code: 'JPY', digits: 0, symbol: '¥' }
const DINAR: Currency = { code: 'KWD', digits: 3, symbol: 'KD' }

const round = (amount: number, currency: Currency, to: Rounding['to'], mode: Rounding['mode']) =>
  Number(roundedWithin(exactMinor(amount, currency), { to, mode }, {}))

describe('a rounding means the same part of a unit in each currency', () => {
  test.each([
    [1234, EURO, '.99', 'up', 1299],
    [1234, EURO, '.99', 'down', 1199],
    [12_345, DINAR, '.99', 'up', 12_990],
    [12_345, DINAR, '.95', 'down', 11_950],
    [12_345, DINAR, '.00', 'half-even', 12_000],
    [12_345, DINAR, '0.05', 'up', 12_350],
    [12_345, DINAR, '0.01', 'down', 12_340],
  ] as const)('%i %o to %s %s is %i', (amount, currency, to, mode, expected) => {
    expect(round(amount, currency, to, mode)).toBe(expected)
  })
})

test.each(['.99', '.95', '.00', '0.05', '0.01'] as const)(
  'to %s is to a whole yen, when the currency has no part of a unit',
  (to) => {
    for (const mode of ['up', 'down', 'half-even'] as const) expect(round(1234, YEN, to, mode)).toBe(1234)
  },
)

test.each([
  [EURO, 999, 874n],
  [YEN, 999, 874n],
  [DINAR, 999, 874n],
] as const)('without a rounding 87.5 percent of %o is a whole number of minor units', (currency, amount, expected) => {
  expect(roundedWithin(plusPercent(amount, '-12.5', currency), undefined, {})).toBe(expected)
})

test('a floor in yen is met by a whole yen', () => {
  const rounding = { to: '.99', mode: 'down' } as const
  expect(roundedWithin(exactMinor(80, YEN), rounding, { floorCents: 100 })).toBe(100n)
})
