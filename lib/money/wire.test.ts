import { expect, test } from 'vitest'
import { fromWire, toWire, wireField } from './wire.ts'

test('says amounts with the names of the contract, and leaves the other fields', () => {
  expect(toWire({ productId: 42, amountMinor: 1290, compareAtMinor: null, reducedFromMinor: null })).toEqual({
    productId: 42,
    amountCents: 1290,
    compareAtCents: null,
    reducedFromCents: null,
  })
})

test('reads what it says', () => {
  const price = { productId: 42, amountMinor: 1290, compareAtMinor: 1500, currency: 'JPY' }
  expect(fromWire(toWire(price))).toEqual(price)
})

test.each([
  ['changes[0].amountMinor', 'changes[0].amountCents'],
  ['changes[0].compareAtMinor', 'changes[0].compareAtCents'],
  ['changes[0].productId', 'changes[0].productId'],
  ['reason', 'reason'],
])('names the field %s of a request as %s', (ours, theirs) => {
  expect(wireField(ours)).toBe(theirs)
})
