import fc from 'fast-check'
import { expect, test } from 'vitest'
import { guardText, unguardText } from './formulaGuard.ts'

test.each(['=1+1', '+49', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', "'=1"])(
  '%j does not begin a formula any more',
  (text) => {
    expect(guardText(text)).toBe(`'${text}`)
  },
)

test.each(['EG-1000', "'Tis the season", '1=1', '', 'Crème brûlée', '12.90'])('%j is written as it is', (text) => {
  expect(guardText(text)).toBe(text)
})

test('any text comes back exactly', () => {
  const nasty = fc
    .array(fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', 'a', '1', '＝'))
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), nasty), (text) => {
      expect(unguardText(guardText(text))).toBe(text)
    }),
  )
})
