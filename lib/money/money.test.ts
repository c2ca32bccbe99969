import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatMoney } from './formatMoney.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { type Currency, MAX_AMOUNT, SHOP_CURRENCY } from './currencies.ts'
import { amountToInput, parseMoney, showMoney } from './money.ts'

const EURO: Currency = { code: 'EUR', digits: 2, symbol: '€' }
const DOLLAR: Currency = { code: 'USD', digits: 2, symbol: '$' }
const YEN: Currency = { code: 'JPY', digits: 0, symbol: '¥' }
const DINAR: Currency = { code: 'KWD', digits: 3, symbol: 'KD' }

const currencies = fc.constantFrom(EURO, YEN, DINAR)
const anyAmount = fc.integer({ min: 1, max: MAX_AMOUNT })

describe('an amount that has one meaning is understood', () => {
  test.each([
    ['12', 1200],
    ['12.90', 1290],
    ['12,90', 1290],
    ['12,9', 1290],
    ['0.05', 5],
    ['0,01', 1],
    ['1299', 129_900],
    ['1299.00', 129_900],
    ['1,299.00', 129_900],
    ['1.299,00', 129_900],
    ['1 299', 129_900],
    ['1 299,00', 129_900],
    ['1 299.00', 129_900],
    ['1\u00a0299,00', 129_900],
    ['1\u202f299,00', 129_900],
    ['1\u2009299,00', 129_900],
    ["1'299.00", 129_900],
    ['1’299', 129_900],
    ['999,999.99', 99_999_999],
    ['€12.90', 1290],
    ['€ 12.90', 1290],
    ['12,90 €', 1290],
    ['12,90€', 1290],
    ['EUR 12.90', 1290],
    ['12.90 EUR', 1290],
    ['  12.90\n', 1290],
  ])('%j', (text, amountMinor) => {
    expect(parseMoney(text, EURO)).toEqual({ ok: true, amountMinor })
  })
})

describe('everything else is refused, and the message says why', () => {
  test.each([
    ['', 'empty', /Enter an amount/],
    ['   ', 'empty', /Enter an amount/],
    ['€', 'empty', /Enter an amount/],
    ['1,299', 'ambiguous', /Write 1299\.00 or 1\.29\./],
    ['1.299', 'ambiguous', /Write 1299\.00 or 1\.29\./],
    ['€1,299', 'ambiguous', /two ways/],
    ['12.905', 'ambiguous', /two ways/],
    ['0.125', 'decimals', /At most two digits/],
    ['1299.005', 'decimals', /At most two digits/],
    ['12.9000', 'decimals', /At most two digits/],
    ['-12.90', 'sign', /Leave out the sign/],
    ['+12.90', 'sign', /Leave out the sign/],
    ['−12.90', 'sign', /Leave out the sign/],
    ['(12.90)', 'sign', /Leave out the sign/],
    ['€-12.90', 'sign', /Leave out the sign/],
    ['$12.90', 'currency', /Prices are in EUR/],
    ['12.90 USD', 'currency', /Prices are in EUR/],
    ['0', 'zero', /above zero/],
    ['0.00', 'zero', /above zero/],
    ['1000000', 'too_large', /€999,999\.99/],
    ['1,000,000.00', 'too_large', /€999,999\.99/],
    ['99999999999999999999', 'too_large', /€999,999\.99/],
    ['12,99.00', 'grouping', /Group thousands/],
    ['1,2999.00', 'grouping', /Group thousands/],
    ['1,299,000', 'grouping', /Group thousands/],
    ['1.299.00', 'grouping', /Group thousands/],
    ['12 90', 'grouping', /Group thousands/],
    ['1  299', 'grouping', /Group thousands/],
    ['012.90', 'format', /leading zero/],
    ['.90', 'format', /not an amount/],
    ['12.', 'format', /not an amount/],
    ['1e3', 'format', /digits 0 to 9/],
    ['0x10', 'format', /digits 0 to 9/],
    ['12.90 eur', 'format', /digits 0 to 9/],
    ['€12.90€', 'format', /digits 0 to 9/],
    ['Infinity', 'format', /digits 0 to 9/],
    ['１２.９０', 'format', /digits 0 to 9/],
    ['١٢', 'format', /digits 0 to 9/],
    ['9'.repeat(50), 'format', /too long/],
  ])('%j: %s', (text, problem, message) => {
    const parsed = parseMoney(text, EURO)
    expect(parsed).toMatchObject({ ok: false, problem })
    expect(parsed).toHaveProperty('message', expect.stringMatching(message))
  })
})

test.each([SHOP_CURRENCY, EURO, DOLLAR, YEN, DINAR])(
  'what a shop that sells in $code shows in any of its languages can be typed in again',
  (currency) => {
    fc.assert(
      fc.property(anyAmount, fc.constantFrom(...LOCALES), (amountMinor, locale) => {
        expect(parseMoney(formatMoney(amountMinor, currency.code, locale), currency)).toEqual({ ok: true, amountMinor })
        expect(parseMoney(showMoney(amountMinor, currency), currency)).toEqual({ ok: true, amountMinor })
        expect(parseMoney(amountToInput(amountMinor, currency), currency)).toEqual({ ok: true, amountMinor })
      }),
    )
  },
)

describe('the decimals of the currency decide', () => {
  test.each([
    [YEN, '1299', 1299],
    [YEN, '1,299', 1299],
    [YEN, '1.299', 1299],
    [YEN, '1 299', 1299],
    [YEN, '￥1,299', 1299],
    [YEN, '¥ 12,345,678', 12_345_678],
    [DINAR, '1', 1000],
    [DINAR, '1.5', 1500],
    [DINAR, '1,299', 1299],
    [DINAR, '1,299.5', 1_299_500],
    [DINAR, 'KWD 1.299', 1299],
    [DOLLAR, '$1,299.00', 129_900],
  ] as const)('$0.code %s is %i', (currency, text, amountMinor) => {
    expect(parseMoney(text, currency)).toEqual({ ok: true, amountMinor })
  })

  test.each([
    [YEN, '12.5', 'decimals', /in JPY has no decimals\. Write an amount such as 1299 or 1,299\./],
    [YEN, '1,299.00', 'decimals', /no decimals/],
    [YEN, '12,34', 'decimals', /no decimals/],
    [YEN, '€12', 'currency', /Prices are in JPY/],
    [YEN, '100,000,000', 'too_large', /¥99,999,999/],
    [DINAR, '0.1234', 'decimals', /At most three digits .* such as 12\.900, 12,900 or 1,299\.000/],
    [DINAR, '1,299,000', 'grouping', /Group thousands/],
    [DINAR, '100000', 'too_large', /99,999\.999/],
    [DOLLAR, '1,299', 'ambiguous', /two ways/],
    [DOLLAR, '€12.90', 'currency', /Prices are in USD/],
  ] as const)('$0.code %s is refused: %s', (currency, text, problem, message) => {
    const parsed = parseMoney(text, currency)
    expect(parsed).toMatchObject({ ok: false, problem })
    expect(parsed).toHaveProperty('message', expect.stringMatching(message))
  })
})

test('throws for no text, and accepts a whole number of minor units within bounds', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...'0123456789.,  €-+eE') }))
  fc.assert(
    fc.property(text, currencies, (input, currency) => {
      const parsed = parseMoney(input, currency)
      if (parsed.ok) {
        expect(parsed.amountMinor).toSatisfy(Number.isInteger)
        expect(parsed.amountMinor).toBeGreaterThan(0)
        expect(parsed.amountMinor).toBeLessThanOrEqual(MAX_AMOUNT)
      } else expect(parsed.message).not.toBe('')
    }),
    { numRuns: 5_000 },
  )
})

test('never guesses: a text means the same to a reader for whom comma and full stop change places', () => {
  const swap = (text: string) => text.replace(/[.,]/g, (mark) => (mark === '.' ? ',' : '.'))
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'0123456789., '), maxLength: 10 }),
      currencies,
      (text, currency) => {
        const [one, other] = [parseMoney(text, currency), parseMoney(swap(text), currency)]
        expect(other.ok).toBe(one.ok)
        if (one.ok) expect(other).toEqual(one)
      },
    ),
    { numRuns: 5_000 },
  )
})
