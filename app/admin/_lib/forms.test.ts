import { describe, expect, test } from 'vitest'
import { idNumber, pageNumber } from './params.ts'
import { fieldErrors, readPriceForm } from './priceForm.ts'
import { safeNext } from './session.ts'
import { relative } from './time.ts'

function form(fields: Record<string, string>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries({
    productId: '42',
    expectedVersion: '7',
    amount: '12,90',
    compareAt: '',
    reason: 'Sale',
    ...fields,
  })) {
    data.set(name, value)
  }
  return data
}

describe('after signing in, one returns to a page of the back office and nowhere else', () => {
  test.each([
    ['/admin/products/42', '/admin/products/42'],
    ['/admin/products?q=lamp&page=2', '/admin/products?q=lamp&page=2'],
    ['/admin', '/admin'],
    [undefined, '/admin'],
    ['', '/admin'],
    ['/en', '/admin'],
    ['/administrator', '/admin'],
    ['/admin/../en', '/admin'],
    ['/admin/sign-in?next=/admin', '/admin'],
    ['//evil.example/admin', '/admin'],
    ['/\\evil.example/admin', '/admin'],
    ['https://evil.example/admin', '/admin'],
    ['javascript:alert(1)', '/admin'],
  ])('%j', (next, target) => {
    expect(safeNext(next)).toBe(target)
  })
})

describe('the price form', () => {
  test('an empty compare-at price means none', () => {
    expect(readPriceForm(form({}))).toEqual({
      change: { productId: 42, amountMinor: 1290, compareAtMinor: null, currency: 'EUR', expectedVersion: 7 },
      reason: 'Sale',
      confirmations: [],
      fields: {},
    })
  })

  test('amounts are read in the currency of the price', () => {
    expect(readPriceForm(form({ amount: '129,000', currency: 'JPY' })).change).toMatchObject({ amountMinor: 129_000 })
    expect(readPriceForm(form({ amount: '1.290', currency: 'KWD' })).change).toMatchObject({ amountMinor: 1290 })
  })

  test('the phrases of the button that confirms come one a line', () => {
    expect(readPriceForm(form({ confirmations: 'change 1 price\nset 1 price below the floor' })).confirmations).toEqual(
      ['change 1 price', 'set 1 price below the floor'],
    )
  })

  test('every field that is wrong is marked', () => {
    expect(readPriceForm(form({ amount: '1,299', compareAt: '-1', reason: ' ' }))).toMatchObject({
      change: undefined,
      fields: {
        amount: expect.stringContaining('two ways'),
        compareAt: expect.stringContaining('sign'),
        reason: expect.stringContaining('why'),
      },
    })
  })

  test('what the writer refuses is shown at the field that it is about', () => {
    const issues = ['changes[0].amountMinor', 'changes[0].compareAtMinor', 'reason', 'changes[0].productId'].map(
      (field) => ({ field, message: field }),
    )
    expect(fieldErrors(issues)).toEqual({
      amount: 'changes[0].amountMinor',
      compareAt: 'changes[0].compareAtMinor',
      reason: 'reason',
      form: 'changes[0].productId',
    })
  })
})

test('an address typed by hand never reaches the database as it is', () => {
  expect(['1', '2147483647', '2147483648', '0', '-1', '1.5', '1e3', 'x', ''].map(idNumber)).toEqual([
    1,
    2_147_483_647,
    ...Array(7),
  ])
  expect(['1', '12', '0', '-1', 'x', '', '9999999'].map(pageNumber)).toEqual([1, 12, 1, 1, 1, 1, 1])
})

test('ages are said in the largest unit that fits', () => {
  const now = Date.UTC(2026, 10, 21, 12)
  const ago = (ms: number) => relative(new Date(now - ms), now)
  expect([0, 59_000, 60_000, 7_200_000, 3 * 86_400_000, 60 * 86_400_000].map(ago)).toEqual([
    'just now',
    'just now',
    '1 min. ago',
    '2 hr. ago',
    '3 days ago',
    '22 Sept 2026',
  ])
})
