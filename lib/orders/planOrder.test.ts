import { describe, expect, it } from 'vitest'
import { type OfferedProduct, planOrder } from './planOrder.ts'

const chair: OfferedProduct = {
  productId: 1,
  name: 'Chair',
  sold: true,
  stock: 5,
  amountMinor: 1200,
  currency: 'EUR',
  version: 7,
}
const line = (quantity = 2, version = 7, productId = 1) => ({ productId, quantity, version })
const plan = (product: Partial<OfferedProduct>, { cart = [line()], accepted = [line()] } = {}) =>
  planOrder({ cart, accepted, products: [{ ...chair, ...product }], acceptedMinor: new Map([[1, 1000]]) })

const about = { productId: 1, name: 'Chair' }

describe('what was accepted and is true', () => {
  it('can be ordered', () => expect(plan({})).toEqual({ changes: [], lines: [{ ...chair, quantity: 2 }] }))

  it('can be ordered where fewer were shown than the cart asks for, because there are no more', () => {
    const found = plan({ stock: 2 }, { cart: [line(5)], accepted: [line(2)] })
    expect(found).toMatchObject({ changes: [], lines: [{ quantity: 2 }] })
  })

  it('can be ordered without what is sold out and was not shown', () => {
    const cart = [line(), line(1, 3, 2)]
    const lamp = { ...chair, productId: 2, stock: 0 }
    const found = planOrder({ cart, accepted: [line()], products: [chair, lamp], acceptedMinor: new Map() })
    expect(found).toMatchObject({ changes: [], lines: [{ productId: 1 }] })
  })

  it('can be ordered down to the last one', () => expect(plan({ stock: 2 }).changes).toEqual([]))
})

describe('what has changed is listed, and what can be ordered stands beside it', () => {
  it.each([
    [
      'another price',
      { version: 8 },
      [{ kind: 'price', ...about, fromMinor: 1000, toMinor: 1200, currency: 'EUR' }],
      2,
    ],
    [
      'another version at the same amount',
      { version: 9, amountMinor: 1000 },
      [{ kind: 'price', ...about, fromMinor: 1000, toMinor: 1000, currency: 'EUR' }],
      2,
    ],
    ['fewer of it', { stock: 1 }, [{ kind: 'fewer', ...about, from: 2, to: 1 }], 1],
    ['none of it', { stock: 0 }, [{ kind: 'soldOut', ...about }], 0],
    ['no longer sold', { sold: false, stock: 0, version: 9 }, [{ kind: 'gone', ...about }], 0],
  ])('%s', (_name, product, changes, quantity) => {
    const found = plan(product)
    expect(found.changes).toEqual(changes)
    expect(found.lines.map((planned) => planned.quantity)).toEqual(quantity === 0 ? [] : [quantity])
  })

  it('a cart that another tab has changed', () => {
    expect(plan({}, { cart: [line(3)] }).changes).toEqual([{ kind: 'cart', ...about, from: 2, to: 3 }])
    expect(plan({}, { cart: [] })).toEqual({ changes: [{ kind: 'cart', ...about, from: 2, to: 0 }], lines: [] })
  })

  it('a product that the form did not show: how many, and its price', () => {
    expect(
      planOrder({ cart: [line()], accepted: [], products: [chair], acceptedMinor: new Map() }).changes,
    ).toMatchObject([
      { kind: 'cart', from: 0, to: 2 },
      { kind: 'price', fromMinor: undefined, toMinor: 1200 },
    ])
  })

  it('a product that there never was', () => {
    const nothing = [line(1, 1, 99)]
    expect(planOrder({ cart: nothing, accepted: nothing, products: [], acceptedMinor: new Map() })).toEqual({
      changes: [{ kind: 'gone', productId: 99, name: '#99' }],
      lines: [],
    })
  })
})
