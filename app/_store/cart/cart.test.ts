import { describe, expect, it } from 'vitest'
import { addItem, countItems, orderableItems, readCart, removeItem, setQuantity } from './cart.ts'

const chair = { productId: 42, slug: 'chair', name: 'Chair', image: '/images/products/a.svg', quantity: 1 }

describe('a cart', () => {
  it('holds a product once, however often it is added', () => {
    const cart = addItem(addItem([], chair), { ...chair, quantity: 2 })
    expect(cart).toEqual([{ ...chair, quantity: 3 }])
    expect(countItems(cart)).toBe(3)
  })

  it.each([
    [0, 1],
    [-4, 1],
    [2.4, 2],
    [1000, 99],
    [Number.NaN, 1],
  ])('takes a quantity of %d as %i', (typed, quantity) => {
    expect(setQuantity([chair], 42, typed)[0]?.quantity).toBe(quantity)
  })

  it('orders, prices and counts nothing that is no longer sold, and keeps it', () => {
    const cart = [chair, { ...chair, productId: 43, quantity: 5 }]
    expect(orderableItems(cart, () => true)).toEqual(cart)
    expect(orderableItems(cart, (id) => id !== 43)).toEqual([chair])
    expect(countItems(orderableItems(cart, (id) => id !== 43))).toBe(1)
  })

  it('lets a product go', () => expect(removeItem([chair], 42)).toEqual([]))

  it('comes back from storage as it was', () => expect(readCart(JSON.stringify([chair]))).toEqual([chair]))

  it.each([null, '', '{', '7', '{}', '[null, 7, {}]', '[{"productId":-1}]'])('is empty when storage holds %j', (text) =>
    expect(readCart(text)).toEqual([]),
  )

  it('shows no picture of a foreign host', () => {
    expect(
      readCart(
        JSON.stringify([
          { ...chair, image: 'https://evil.example/x.svg' },
          { ...chair, image: '//evil.example' },
        ]),
      ),
    ).toEqual([])
  })
})
