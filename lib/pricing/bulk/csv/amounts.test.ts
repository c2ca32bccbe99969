import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Currency, MAX_AMOUNT, minorPerUnit, SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { readCsvAmount, writeCsvAmount } from './amounts.ts'
import { NumberCensus } from './numberFormat.ts'

const YEN = { code: 'JPY', digits: 0, symbol: '¥' }
const DINAR = { code: 'KWD', digits: 3, symbol: 'KD' }
const FRANC = { code: 'CHF', digits: 2, symbol: 'CHF' }

test.each([
  ['12', 1200],
  ['12.9', 1290],
  ['12.90', 1290],
  ['0.01', 1],
  ['999999.99', MAX_AMOUNT],
  ['41.000000', 4100],
  ['12.5000', 1250],
  ['1,299.00', 129_900],
  ['1,29,900.00', 12_990_000],
  ['1 299.00', 129_900],
  ['€12', 1200],
  ['12 EUR', 1200],
])('%s is %i cents', (text, amountMinor) => {
  expect(readCsvAmount(text)).toEqual({ ok: true, amountMinor })
})

test.each([
  ['19.990000000000002', 1999],
  ['19.989999999999998', 1999],
  ['133.80000000000001', 13_380],
  ['12.899999618530273', 1290],
])('%s is %i cents, rounded and said', (text, amountMinor) => {
  expect(readCsvAmount(text)).toEqual({ ok: true, amountMinor, rounded: true })
})

test.each([
  '12,90',
  '1.299,00',
  '1,29,90',
  '1,2,999',
  '1,29.00',
  '1,299,00',
  '1e3',
  '7.4999999999999997E1',
  '.5',
  '5.',
  '012',
  '12.345',
  '12.34500000001',
  '+5',
  '-5',
  '0',
  '0.00',
  '1000000',
  '٣',
  'NaN',
  '0x10',
  '12 USD',
  '$12',
  '9'.repeat(400),
])('%s is refused', (text) => {
  expect(readCsvAmount(text)).toMatchObject({ ok: false, message: expect.stringMatching(/\w/) })
})

test.each([
  [YEN, '1299', 1299],
  [YEN, '1299.00', 1299],
  [YEN, '1,299', 1299],
  [DINAR, '1.299', 1299],
  [DINAR, '1.5', 1500],
] as const)('%o: %s is read with the decimals of the currency', (currency, text, amountMinor) => {
  expect(readCsvAmount(text, currency)).toEqual({ ok: true, amountMinor })
})

test.each([
  [YEN, '1299.5', /Write it as 129990: no decimals/],
  [DINAR, '1.2999', /Write it as 129\.990: a full stop/],
] as const)('%o: %s is refused', (currency, text, message) => {
  expect(readCsvAmount(text, currency)).toMatchObject({ ok: false, message: expect.stringMatching(message) })
})

test.each([SHOP_CURRENCY, YEN, DINAR])('what is written in $code is read back, and asks nothing', (currency) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_AMOUNT }), (amountMinor) => {
      const text = writeCsvAmount(amountMinor, currency.code)
      expect(readCsvAmount(text, currency)).toEqual({ ok: true, amountMinor })
      const census = new NumberCensus()
      census.add(2, text, currency)
      expect(census.question()).toBeUndefined()
    }),
  )
})

test.each<[string[], number | null]>([
  [['129,500', '129,000'], 0],
  [['129.500'], 1],
  [['129,000'], null],
])('%j in yen are thousands where one of them can be nothing else', (texts, suggested) => {
  const census = new NumberCensus()
  for (const text of texts) census.add(2, text, YEN)
  expect(census.question()?.suggested).toBe(suggested)
})

describe('a file that is written as a language writes amounts', () => {
  const languages = fc.constantFrom(
    'en',
    'de',
    'fr',
    'es',
    'pt',
    'ja',
    'ko',
    'de-CH',
    'de-AT',
    'pl',
    'sv',
    'it',
    'nl',
    'en-IN',
    'hi',
    'fi',
    'nb',
  )
  const currencies = fc.constantFrom<Currency>(SHOP_CURRENCY, YEN, DINAR, FRANC)
  const styles = fc.constantFrom<Intl.NumberFormatOptions['style']>('decimal', 'currency')

  function written(
    amounts: readonly number[],
    currency: Currency,
    options: Intl.NumberFormatOptions,
    language: string,
  ) {
    const { digits: minimumFractionDigits } = currency
    const format = new Intl.NumberFormat(language, { ...options, minimumFractionDigits })
    return amounts.map((amount) => format.format(amount / minorPerUnit(currency)))
  }

  test('is read back as it was, with the answer that is suggested; one that is not certain is asked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: MAX_AMOUNT }), { minLength: 1, maxLength: 6 }),
        currencies,
        languages,
        styles,
        fc.boolean(),
        (amounts, currency, language, style, useGrouping) => {
          const options = { style, useGrouping, currency: currency.code }
          const texts = written(amounts, currency, options, language)
          const census = new NumberCensus()
          for (const [i, text] of texts.entries()) census.add(i + 2, text, currency)
          const question = census.question()
          const suggested = question && question.answers[question.suggested ?? -1]?.value
          // Where nothing is suggested, a person answers: one of the two is as it was written.
          const marks =
            question && suggested === undefined
              ? (['point', 'comma'] as const)
              : ([suggested === 'comma' ? 'comma' : 'point'] as const)
          const readings = marks.map((mark) => texts.map((text) => readCsvAmount(text, currency, mark)))
          expect(readings).toContainEqual(amounts.map((amountMinor) => ({ ok: true, amountMinor })))
        },
      ),
      { numRuns: 500 },
    )
  })
})
