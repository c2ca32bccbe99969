import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { deliveryPrices } from '#lib/money/currencies.ts'
import { person } from '#lib/pricing/testing/principals.ts'
import { type PriceStores, priceStores } from '#lib/pricing/testing/priceStores.ts'
import { cancelOrder } from './cancelOrder.ts'
import { placeOrder } from './placeOrder.ts'
import { isOrderOf, listOrders, officeOrder } from './readOrder.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores()
})
afterAll(() => stores.close())

const editor = person('editor')
const stockOf = (productId: number) => stores.database.db.stock.findUniqueOrThrow({ where: { productId } })

/** Orders two of product 1. @returns its number */
async function anOrder(email = 'ada@example.com'): Promise<string> {
  await stores.database.db.stock.update({ where: { productId: 1 }, data: { quantity: 9 } })
  const { version } = await stores.database.db.price.findUniqueOrThrow({ where: { productId: 1 } })
  const lines = [{ productId: 1, quantity: 2, version: Number(version) }]
  const outcome = await placeOrder({
    cart: { id: randomUUID(), lines },
    accepted: lines,
    delivery: { method: 'standard', amountMinor: deliveryPrices().standard },
    address: { name: 'Ada', street: 'A 1', postcode: '1', city: 'B', country: 'DE', email },
    locale: 'en',
    taxStatement: 'incl. 19 % VAT',
  })
  if (outcome.kind !== 'placed') throw new Error(outcome.kind)
  return outcome.number
}

test('an order that is cancelled gives its stock back once, and stands in the audit log', async () => {
  const number = await anOrder()
  const { quantity, version } = await stockOf(1)
  const cancel = () => cancelOrder({ number, reason: 'Asked for' }, editor)
  const both = await Promise.all([cancel(), cancel()])
  expect(both.map((one) => one?.changed).toSorted()).toEqual([false, true])
  expect(both.map((one) => one?.state)).toEqual(['live', 'live'])
  expect(await stockOf(1)).toMatchObject({ quantity: quantity + 2, version: version + 1n })
  expect(await stores.database.db.auditEntry.findMany({ where: { target: `order:${number}` } })).toMatchObject([
    { actor: editor.actor, action: 'orders.cancel', reason: 'Asked for' },
  ])
  expect(await officeOrder(editor, number)).toMatchObject({ state: 'cancelled', lines: [{ quantity: 2 }] })
  await expect(
    stores.database.db.$executeRaw`UPDATE orders SET state = 'placed', cancelled_at = NULL WHERE number = ${number}`,
  ).rejects.toThrow('frozen')
})

test('finds no order that does not exist, and lets a viewer neither see nor cancel one', async () => {
  expect(await cancelOrder({ number: '261128-BBBB-BBBB', reason: 'None' }, editor)).toBeUndefined()
  const number = await anOrder()
  const viewer = person('viewer')
  await expect(cancelOrder({ number, reason: 'No' }, viewer)).rejects.toBeInstanceOf(MissingPermissionError)
  await expect(officeOrder(viewer, number)).rejects.toBeInstanceOf(MissingPermissionError)
  await expect(listOrders(viewer)).rejects.toBeInstanceOf(MissingPermissionError)
})

test('the newest orders are listed first, from each of them on', async () => {
  const numbers = [await anOrder(), await anOrder(), await anOrder()]
  const { orders } = await listOrders(editor)
  expect(orders.slice(0, 3).map(({ number }) => number)).toEqual(numbers.toReversed())
  expect((await listOrders(editor, numbers[2])).orders[0]).toMatchObject({ number: numbers[1], articles: 2 })
})

test('an order is that of its e-mail, in each case, and of no other', async () => {
  const number = await anOrder('ada@example.com')
  expect(await isOrderOf(number, ' Ada@Example.com ')).toBe(true)
  for (const [other, email] of [
    [number, 'eve@example.com'],
    [number, ''],
    ['261128-BBBB-BBBB', 'ada@example.com'],
    ['261128-BBBB-BBBB', ''],
  ] as const)
    expect(await isOrderOf(other, email)).toBe(false)
})
