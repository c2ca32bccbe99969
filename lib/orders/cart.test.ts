import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { formatCart, newCartId, readCart } from './cart.ts'
import { addLine, setQuantity } from './cartChanges.ts'
import { formatLines, MAX_LINES, parseLines } from './cartLines.ts'
import { readStoredCart } from './storedCart.ts'
import { signed } from './signedText.ts'

stubEnvironment({ databaseUrl: 'postgres://nowhere', redisUrl: 'redis://nowhere' })

const chair = { productId: 42, quantity: 1, version: 7 }
const anyLines = fc.uniqueArray(fc.integer({ min: 1, max: 2_147_483_647 }), { maxLength: MAX_LINES }).chain((ids) =>
  fc.tuple(
    ...ids.map((productId) =>
      fc.record({
        productId: fc.constant(productId),
        quantity: fc.integer({ min: 1, max: 99 }),
        version: fc.integer({ min: 0, max: 1e15 }),
      }),
    ),
  ),
)

describe('the lines of a cart', () => {
  it('hold a product once, at the version that was seen last', () => {
    expect(addLine([chair], { productId: 42, quantity: 2, version: 9 })).toEqual([
      { productId: 42, quantity: 3, version: 9 },
    ])
  })

  it('are as many as fit, the newest of them', () => {
    const full = Array.from({ length: MAX_LINES }, (_, i) => ({ ...chair, productId: i + 1 }))
    expect(addLine(full, { ...chair, productId: 999 }).map(({ productId }) => productId)).toEqual([
      ...full.slice(1).map(({ productId }) => productId),
      999,
    ])
  })

  it.each([
    [2.4, [{ ...chair, quantity: 2 }]],
    [1000, [{ ...chair, quantity: 99 }]],
    [Number.NaN, [{ ...chair, quantity: 1 }]],
    [0, []],
    [-4, []],
  ])('take a quantity of %d as it can be', (typed, lines) => expect(setQuantity([chair], 42, typed)).toEqual(lines))

  it('come back as they were', () =>
    fc.assert(
      fc.property(anyLines, (lines) => {
        expect(parseLines(formatLines(lines))).toEqual(lines)
      }),
    ))

  it.each(['x', '1-1', '0-1-1', '1-0-1', '1-100-1', '1-1-1_1-2-1', '1-1-1_', '9999999999-1-1', ' 1-1-1'])(
    'are none when the text is %j',
    (text) => expect(parseLines(text)).toBeUndefined(),
  )

  it('are no more than the most', () => {
    const text = Array.from({ length: MAX_LINES + 1 }, (_, i) => `${i + 1}-1-1`).join('_')
    expect(parseLines(text)).toBeUndefined()
  })
})

describe('the cookie of a cart', () => {
  it('comes back as it was', () => {
    const cart = { id: newCartId(), lines: [chair] }
    expect(readCart(formatCart(cart))).toEqual({ ...cart, damaged: false })
  })

  it('is an empty cart without an id where there is none, so that a page can be prerendered', () => {
    expect(readCart(undefined)).toEqual({ id: undefined, lines: [], damaged: false })
  })

  it('is an empty cart that says so when a character of it was changed, or it was made for something else', () => {
    const value = formatCart({ id: newCartId(), lines: [chair] })
    for (let at = 0; at < value.length; at += 1) {
      const other = `${value.slice(0, at)}${value[at] === '1' ? '2' : '1'}${value.slice(at + 1)}`
      expect(readCart(other)).toMatchObject({ lines: [], damaged: true })
    }
    expect(readCart(signed('orders', `${newCartId()}.42-1-7`))).toMatchObject({ lines: [], damaged: true })
  })

  it('is an empty cart and never an error, for each text', () =>
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        expect(readCart(text)).toMatchObject({ lines: [], damaged: true })
      }),
    ))
})

describe('the cart that the browser kept before', () => {
  it('gives its products and quantities, and nothing else that stands there', () => {
    const stored = [
      { productId: 7, quantity: 200, image: 'https://evil.example/x.svg', name: '<b>' },
      { productId: 7, quantity: 1 },
      { productId: 8, quantity: 2.4 },
    ]
    expect(readStoredCart(JSON.stringify(stored))).toEqual([
      { productId: 7, quantity: 99, version: 0 },
      { productId: 8, quantity: 2, version: 0 },
    ])
  })

  it.each([null, '', '{', '7', '{}', '[null, 7, {}]', '[{"productId":-1,"quantity":1}]', '[{"productId":1}]'])(
    'is empty when storage holds %j',
    (text) => expect(readStoredCart(text)).toEqual([]),
  )
})
