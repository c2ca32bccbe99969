import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatMoney } from './formatMoney.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { centsToInput, CURRENCY, MAX_CENTS, parseMoney, showMoney } from './money.ts'

const anyCents = fc.integer({ min: 1, max: MAX_CENTS })

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
    ['999,999.99', 99_999_999],
    ['€12.90', 1290],
    ['€ 12.90', 1290],
    ['12,90 €', 1290],
    ['12,90€', 1290],
    ['EUR 12.90', 1290],
    ['12.90 EUR', 1290],
    ['  12.90\n', 1290],
  ])('%j', (text, cents) => {
    expect(parseMoney(text)).toEqual({ ok: true, cents })
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
    ["1'299.00", 'format', /digits 0 to 9/],
    ['9'.repeat(50), 'format', /too long/],
  ])('%j: %s', (text, problem, message) => {
    const parsed = parseMoney(text)
    expect(parsed).toMatchObject({ ok: false, problem })
    expect(parsed).toHaveProperty('message', expect.stringMatching(message))
  })
})

test('what the shop shows in any of its languages can be typed in again', () => {
  fc.assert(
    fc.property(anyCents, fc.constantFrom(...LOCALES), (cents, locale) => {
      expect(parseMoney(formatMoney(cents, CURRENCY, locale))).toEqual({ ok: true, cents })
      expect(parseMoney(showMoney(cents))).toEqual({ ok: true, cents })
      expect(parseMoney(centsToInput(cents))).toEqual({ ok: true, cents })
    }),
  )
})

test('no text makes it throw, and what it accepts is a whole number of cents within bounds', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...'0123456789.,  €-+eE') }))
  fc.assert(
    fc.property(text, (input) => {
      const parsed = parseMoney(input)
      if (parsed.ok) {
        expect(parsed.cents).toSatisfy(Number.isInteger)
        expect(parsed.cents).toBeGreaterThan(0)
        expect(parsed.cents).toBeLessThanOrEqual(MAX_CENTS)
      } else expect(parsed.message).not.toBe('')
    }),
    { numRuns: 5_000 },
  )
})

test('it never guesses: a text means the same to a reader for whom comma and full stop change places', () => {
  const swap = (text: string) => text.replace(/[.,]/g, (mark) => (mark === '.' ? ',' : '.'))
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789., '), maxLength: 10 }), (text) => {
      expect(parseMoney(swap(text)).ok).toBe(parseMoney(text).ok)
      if (parseMoney(text).ok) expect(parseMoney(swap(text))).toEqual(parseMoney(text))
    }),
    { numRuns: 5_000 },
  )
})
