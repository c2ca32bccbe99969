import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_AMOUNT } from '#lib/money/currencies.ts'
import { readCsvAmount, writeCsvAmount } from './amounts.ts'

test.each([
  ['12', 1200],
  ['12.9', 1290],
  ['12.90', 1290],
  ['0.01', 1],
  ['999999.99', MAX_AMOUNT],
])('%s is %i cents', (text, amountMinor) => {
  expect(readCsvAmount(text)).toEqual({ ok: true, amountMinor })
})

test.each([
  '12,90',
  '1,299.00',
  '1.299,00',
  '1 299',
  '€12',
  '12 EUR',
  '1e3',
  '.5',
  '5.',
  '012',
  '12.345',
  '+5',
  '-5',
  '0',
  '0.00',
  '1000000',
  '٣',
  'NaN',
  '0x10',
  '9'.repeat(400),
])('%s is refused: in a file nothing is guessed', (text) => {
  expect(readCsvAmount(text)).toMatchObject({ ok: false, message: expect.stringMatching(/\w/) })
})

test('every price that is written is read back as it was', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_AMOUNT }), (amountMinor) => {
      expect(readCsvAmount(writeCsvAmount(amountMinor))).toEqual({ ok: true, amountMinor })
    }),
  )
})

const YEN = { code: 'JPY', digits: 0, symbol: '¥' }
const DINAR = { code: 'KWD', digits: 3, symbol: 'KD' }

test.each([
  [YEN, '1299', 1299],
  [DINAR, '1.299', 1299],
  [DINAR, '1.5', 1500],
] as const)('%o: %s is read with the decimals of the currency', (currency, text, amountMinor) => {
  expect(readCsvAmount(text, currency)).toEqual({ ok: true, amountMinor })
})

test.each([
  [YEN, '1299.00', /Write it as 129990: no decimals/],
  [YEN, '1,299', /no decimals/],
  [DINAR, '1.2999', /Write it as 129\.990: a full stop/],
] as const)('%o: %s is refused', (currency, text, message) => {
  expect(readCsvAmount(text, currency)).toMatchObject({ ok: false, message: expect.stringMatching(message) })
})

test.each([YEN, DINAR])('what is written in $code is read back as it was', (currency) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_AMOUNT }), (amountMinor) => {
      expect(readCsvAmount(writeCsvAmount(amountMinor, currency.code), currency)).toEqual({ ok: true, amountMinor })
    }),
  )
})
