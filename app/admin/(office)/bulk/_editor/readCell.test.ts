import { describe, expect, test } from 'vitest'
import { type BaseRow, readCell } from './readCell.ts'

const PLAIN: BaseRow = { amountCents: 1001, compareAtCents: null, currency: 'EUR' }
const ON_SALE: BaseRow = { amountCents: 1002, compareAtCents: 2000, currency: 'EUR' }

describe('a cell', () => {
  test.each([
    ['amountCents', ' 12,90 ', { value: 1290 }],
    ['amountCents', '', { value: undefined }],
    ['compareAtCents', '  ', { value: undefined }],
    ['compareAtCents', 'None', { value: null }],
    ['compareAtCents', '-', { value: null }],
    ['compareAtCents', '–', { value: null }],
    ['compareAtCents', '1,299.00', { value: 129_900 }],
    ['amountCents', '-10%', { value: 902 }],
    ['amountCents', '+5 %', { value: 1052 }],
    ['amountCents', '−12,5%', { value: 877 }],
    ['amountCents', '+5', { value: 1502 }],
    ['amountCents', '- 0.02', { value: 1000 }],
    ['compareAtCents', '-10%', { value: 1800 }],
    ['amountCents', '1,29,000.00', { value: 12_900_000 }],
    ['amountCents', '1,29,000', { value: 12_900_000 }],
    ['amountCents', '€1,29,000.50 EUR', { value: 12_900_050 }],
    ['amountCents', '1’299.–', { value: 129_900 }],
    ['amountCents', '12,-', { value: 1200 }],
    ['amountCents', '41.000000', { value: 4100 }],
    ['amountCents', '\u200e１２．５０', { value: 1250 }],
    ['compareAtCents', '="12.50"', { value: 1250 }],
    ['amountCents', '١٢٫٥٠', { value: 1250 }],
  ] as const)('reads %s %j', (field, text, read) => {
    expect(readCell(field, text, ON_SALE)).toEqual(read)
  })

  test.each([
    ['amountCents', 'none', /digits/],
    ['amountCents', '-', /sign/],
    ['amountCents', '0', /above zero/],
    ['compareAtCents', '1,299', /two ways/],
    ['amountCents', '10%', /Write \+10% or -10%/],
    ['amountCents', '-100%', /zero or below/],
    ['amountCents', '-10.01', /zero or below/],
    ['amountCents', '+1,299', /two ways/],
    ['amountCents', '+99999999', /highest/],
    ['compareAtCents', '-10%', /no compare-at/],
    ['amountCents', '1,29,00.00', /Group thousands/],
    ['amountCents', '19.990000000000002', /At most two digits/],
    ['amountCents', '12.500', /two ways/],
    ['amountCents', '12.345678', /At most two digits/],
  ] as const)('refuses %s %j in words', (field, text, message) => {
    expect(readCell(field, text, PLAIN)).toEqual({ error: expect.stringMatching(message) })
  })

  test('takes no pasted number of a date where it is far above the price, and any that was typed', () => {
    const refused = { error: expect.stringMatching(/for the date 2025-12-01/) }
    expect(readCell('amountCents', '45992', ON_SALE, 'pasted')).toEqual(refused)
    expect(readCell('compareAtCents', '45992', ON_SALE, 'pasted')).toEqual(refused)
    expect(readCell('amountCents', '45992.00', ON_SALE, 'pasted')).toEqual({ value: 4_599_200 })
    expect(readCell('amountCents', '45992', ON_SALE)).toEqual({ value: 4_599_200 })
  })

  test('takes a pasted percentage, and no pasted minus', () => {
    expect(readCell('amountCents', '-10%', ON_SALE, 'pasted')).toEqual({ value: 902 })
    expect(readCell('amountCents', '-5.00', ON_SALE, 'pasted')).toEqual({ error: expect.stringMatching(/sign/) })
  })
})
