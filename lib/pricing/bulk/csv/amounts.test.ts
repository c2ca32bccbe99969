import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_CENTS } from '#lib/money/money.ts'
import { readCsvAmount, writeCsvAmount } from './amounts.ts'

test.each([
  ['12', 1200],
  ['12.9', 1290],
  ['12.90', 1290],
  ['0.01', 1],
  ['999999.99', MAX_CENTS],
])('%s is %i cents', (text, cents) => {
  expect(readCsvAmount(text)).toEqual({ ok: true, cents })
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
    fc.property(fc.integer({ min: 1, max: MAX_CENTS }), (cents) => {
      expect(readCsvAmount(writeCsvAmount(cents))).toEqual({ ok: true, cents })
    }),
  )
})
