import { expect, test } from 'vitest'
import { lostOrders } from './acknowledged.ts'

const line = (version: number) => ({ productId: 7, version, amountCents: 1_290, quantity: 2 })
const order = { number: '261129-AAAA-AAAA', cart: 'cart 1', accepted: [line(3)] }

test('an acknowledged order is lost when it is not in Postgres, or is there with other lines', () => {
  expect(lostOrders([order], new Map([[order.number, [line(3)]]]))).toEqual([])
  expect(lostOrders([order], new Map())).toEqual([
    'order 261129-AAAA-AAAA of cart cart 1 was acknowledged and is not in Postgres',
  ])
  expect(lostOrders([order], new Map([[order.number, [line(4)]]]))).toEqual([
    'order 261129-AAAA-AAAA was acknowledged; of product 7 the form said 2 at version 3 for 1290 cents each, and the order has 2 at version 4 for 1290 cents each',
  ])
  expect(lostOrders([order], new Map([[order.number, []]]))).toHaveLength(1)
})

test('a cart that was led to two orders is named', () => {
  const one = { number: 'one', cart: 'cart', accepted: [] }
  const written = new Map([
    ['one', []],
    ['two', []],
  ])
  expect(lostOrders([one, one], written)).toEqual([])
  expect(lostOrders([one, { ...one, number: 'two' }], written)).toEqual(['cart cart was led to the orders one and two'])
})
