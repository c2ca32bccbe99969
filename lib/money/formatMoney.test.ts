import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalAmount, formatMoney, formatPercent, savingPercent } from './formatMoney.ts'

const plain = (text: string) => text.replace(/\s/gu, ' ')

describe('formatMoney', () => {
  it.each([
    ['en', '€1,299.00'],
    ['de', '1.299,00 €'],
    ['fr', '1 299,00 €'],
    ['es', '1299,00 €'],
    ['pt', '€ 1.299,00'],
    ['ja', '€1,299.00'],
    ['ko', '€1,299.00'],
  ] as const)('writes 1299 euros in %s as %s', (locale, text) => {
    expect(plain(formatMoney(129_900, 'EUR', locale))).toBe(text)
  })

  it('knows that a yen has no smaller unit', () => {
    expect(formatMoney(1299, 'JPY', 'en')).toBe('¥1,299')
  })

  it('knows that a dinar has a thousand smaller units', () => {
    expect(plain(formatMoney(1299, 'KWD', 'en'))).toBe('KWD 1.299')
  })
})

describe('decimalAmount', () => {
  it.each([
    [5, 'EUR', '0.05'],
    [1290, 'EUR', '12.90'],
    [1299, 'JPY', '1299'],
    [1299, 'KWD', '1.299'],
    [5, 'KWD', '0.005'],
  ] as const)('%i minor units of %s are %s', (amount, currency, text) =>
    expect(decimalAmount(amount, currency)).toBe(text),
  )

  it('loses nothing: read back, it is the same number of cents', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999_999 }), (cents) => {
        expect(Math.round(Number(decimalAmount(cents, 'EUR')) * 100)).toBe(cents)
      }),
    )
  })
})

describe('savingPercent', () => {
  it.each([
    [800, 1000, 20],
    [999, 1000, 0],
    [1000, null, 0],
    [1000, 900, 0],
    [334, 1000, 66],
  ] as const)('%i instead of %s saves %i percent, never rounded up', (amount, compareAt, percent) =>
    expect(savingPercent(amount, compareAt)).toBe(percent),
  )

  it('is written as the language does', () => {
    expect(plain(formatPercent(20, 'de'))).toBe('20 %')
    expect(formatPercent(20, 'en')).toBe('20%')
  })
})
