import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { deliveryPrices } from '#lib/money/currencies.ts'
import { shellPrincipal } from '#lib/access/principal.ts'
import { changeStatus } from '#lib/pricing/changeStatus.ts'
import { changeStock } from '#lib/pricing/stock/changeStock.ts'
import { ANA, changeMeant } from '#lib/pricing/testing/changeMeant.ts'
import { type PriceStores, priceStores } from '#lib/pricing/testing/priceStores.ts'
import { endSale, planSale, startSale } from '#lib/pricing/testing/sales.ts'
import type { CartLine } from './cartLines.ts'
import { type OrderOutcome, type OrderRequest, placeOrder } from './placeOrder.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores()
})
afterAll(() => stores.close())

const { standard } = deliveryPrices()
const address = {
  name: 'Ada Lovelace',
  street: '12 St James’s Square',
  postcode: '10115',
  city: 'Berlin',
  country: 'DE',
  email: 'ada@example.com',
} as const

/** One each of these products, as they are now. */
async function seen(...productIds: number[]): Promise<CartLine[]> {
  const prices = await stores.database.db.price.findMany({ where: { productId: { in: productIds } } })
  return productIds.map((productId) => ({
    productId,
    quantity: 1,
    version: Number(prices.find((price) => price.productId === productId)?.version),
  }))
}

function asked(lines: readonly CartLine[], more: Partial<OrderRequest> = {}): OrderRequest {
  const delivery = { method: 'standard', amountMinor: standard } as const
  const cart = { id: randomUUID(), lines }
  return { cart, accepted: lines, delivery, address, locale: 'en', taxStatement: 'incl. 19 % VAT', ...more }
}

const placed = async (request: OrderRequest) => {
  const outcome = await placeOrder(request)
  if (outcome.kind !== 'placed') throw new Error(`not placed: ${JSON.stringify(outcome)}`)
  return stores.database.db.order.findUniqueOrThrow({ where: { number: outcome.number }, include: { lines: true } })
}
const stockOf = (productId: number) => stores.database.db.stock.findUniqueOrThrow({ where: { productId } })
const orders = () => stores.database.db.order.count()
const setStock = (productId: number, quantity: number) =>
  changeStock({ productId, quantity, reason: 'Counted' }, shellPrincipal('ana'))
const reprice = (productId: number, amountMinor: number) =>
  changeMeant({ changes: [{ productId, amountMinor, compareAtMinor: null }], reason: 'Another', source: 'api' })

beforeEach(() => Promise.all([1, 2, 3].map((id) => setStock(id, 20))))

describe('an order', () => {
  test('keeps each line as it was accepted, adds up, and takes its stock, which the version index then has', async () => {
    const before = await stockOf(2)
    const [one, two] = await seen(1, 2)
    const lines = [one, { ...two, quantity: 3 }].filter((line) => line !== undefined) as CartLine[]
    const order = await placed(asked(lines))
    expect(order.number).toMatch(/^\d{6}-\w{4}-\w{4}$/)
    expect(order).toMatchObject({ state: 'placed', taxRate: 1900, taxStatement: 'incl. 19 % VAT', ...address })
    const prices = await stores.database.db.price.findMany({
      where: { productId: { in: [1, 2] } },
      orderBy: { productId: 'asc' },
    })
    expect(order.lines.toSorted((a, b) => a.productId - b.productId)).toMatchObject(
      prices.map(({ productId, amountMinor, compareAtMinor, version, currency }, i) => ({
        productId,
        amountMinor,
        compareAtMinor,
        currency,
        priceVersion: version,
        quantity: i === 0 ? 1 : 3,
        totalMinor: BigInt(amountMinor * (i === 0 ? 1 : 3)),
      })),
    )
    const goods = Number(prices[0]?.amountMinor) + 3 * Number(prices[1]?.amountMinor)
    expect(order).toMatchObject({ goodsMinor: BigInt(goods), totalMinor: BigInt(goods + standard) })
    const after = await stockOf(2)
    expect(after).toMatchObject({ quantity: before.quantity - 3, version: before.version + 1n })
    expect(parseTagState(await stores.redis.direct.get(keys.tag('stock:2'))).version).toBe(Number(after.version))
    // By which the receipt of the stock finds it.
    const taken = await stores.database.db.outbox.findFirstOrThrow({
      where: { topic: 'stock' },
      orderBy: { id: 'desc' },
    })
    expect(order.correlationId).toBe(taken.correlationId ?? 'none')
  })

  test('is one, however often its form is sent: at once, again, and from another tab', async () => {
    const request = asked(await seen(1))
    const before = [await orders(), (await stockOf(1)).quantity]
    const all = await Promise.all([placeOrder(request), placeOrder(request), placeOrder(request)])
    all.push(await placeOrder({ ...request, accepted: [] }))
    expect(new Set(all.map((one) => (one.kind === 'placed' ? one.number : one.kind))).size).toBe(1)
    expect(all.filter((one) => one.kind === 'placed' && !one.again)).toHaveLength(1)
    expect([await orders(), (await stockOf(1)).quantity]).toEqual([Number(before[0]) + 1, Number(before[1]) - 1])
  })

  test('of the last one goes to one shopper, and the other sees that it is sold out', async () => {
    await setStock(3, 1)
    const lines = await seen(3)
    const outcomes = await Promise.all([placeOrder(asked(lines)), placeOrder(asked(lines))])
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['changed', 'placed'])
    expect(outcomes.find(({ kind }) => kind === 'changed')).toMatchObject({ changes: [{ kind: 'soldOut' }], lines: [] })
    expect((await stockOf(3)).quantity).toBe(0)
  })
})

describe('what is not as it was accepted is said, and nothing is written, until it is accepted', () => {
  async function expectAsked(request: OrderRequest, changes: unknown): Promise<void> {
    const [before, count] = [await stores.written(), await orders()]
    const outcome = await placeOrder(request)
    expect(outcome).toMatchObject({ kind: 'changed', changes })
    expect([await stores.written(), await orders()]).toEqual([before, count])
    if (outcome.kind !== 'changed') return
    const { lines } = outcome
    const delivery = { method: 'standard', amountMinor: standard } as const
    const order = await placed({ ...request, cart: { ...request.cart, lines }, accepted: lines, delivery })
    expect(order.lines.map(({ priceVersion }) => Number(priceVersion))).toEqual(lines.map(({ version }) => version))
  }

  test('a price that was edited', async () => {
    const lines = await seen(1, 2)
    const { amountMinor } = await stores.database.db.price.findUniqueOrThrow({ where: { productId: 2 } })
    await reprice(2, amountMinor + 100)
    await expectAsked(asked(lines), [
      { kind: 'price', productId: 2, fromMinor: amountMinor, toMinor: amountMinor + 100 },
    ])
  })

  test('a sale that began, and one that ended', async () => {
    const lines = await seen(4)
    await setStock(4, 9)
    const sale = await planSale({ percent: '-20', products: [4] })
    await startSale(sale)
    await expectAsked(asked(lines), [{ kind: 'price', productId: 4 }])
    const inSale = await seen(4)
    await endSale(sale)
    await expectAsked(asked(inSale), [{ kind: 'price', productId: 4 }])
  })

  test('an edit of the same row past the application', async () => {
    const lines = await seen(5)
    await setStock(5, 9)
    await stores.database.db.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = 5`
    await expectAsked(asked(lines), [{ kind: 'price', productId: 5 }])
  })

  test('fewer than were ordered, and a cart that another tab has changed', async () => {
    const [line] = await seen(1)
    await setStock(1, 2)
    const wanted = [{ ...line, quantity: 5 }] as CartLine[]
    await expectAsked(asked(wanted), [{ kind: 'fewer', from: 5, to: 2 }])
    await setStock(1, 9)
    const request = asked(wanted)
    await expectAsked({ ...request, accepted: [{ ...line, quantity: 1 } as CartLine] }, [
      { kind: 'cart', from: 1, to: 5 },
    ])
  })

  test('a delivery that costs something else by now', async () => {
    const request = asked(await seen(1), { delivery: { method: 'standard', amountMinor: 1 } })
    await expectAsked(request, [{ kind: 'delivery', fromMinor: 1, toMinor: standard }])
  })

  test('a product that is no longer sold', async () => {
    const lines = await seen(6)
    await changeStatus({ productId: 6, status: 'discontinued', reason: 'Gone' }, ANA)
    expect(await placeOrder(asked(lines))).toMatchObject({ kind: 'changed', changes: [{ kind: 'gone' }], lines: [] })
  })

  test('an empty cart', async () => expect(await placeOrder(asked([]))).toEqual({ kind: 'empty' }))
})

describe('an order waits for a writer of the same rows', () => {
  const WRITERS: [string, string, OrderOutcome['kind']][] = [
    ['a price', 'UPDATE prices SET amount_cents = amount_cents + 7 WHERE product_id = 2', 'changed'],
    ['the status', "UPDATE products SET status = 'discontinued' WHERE id = 2", 'changed'],
    ['the stock', 'UPDATE stock SET quantity = 0 WHERE product_id = 2', 'changed'],
  ]
  test.each(WRITERS)('of %s, and sees what it has written', async (_what, sql, kind) => {
    const lines = await seen(1, 2, 3)
    const writer = new pg.Client({ connectionString: stores.database.url })
    await writer.connect()
    try {
      await writer.query('BEGIN')
      await writer.query(sql)
      const placing = placeOrder(asked(lines))
      await expect
        .poll(async () => (await writer.query('SELECT 1 FROM pg_locks WHERE NOT granted')).rowCount)
        .toBeGreaterThan(0)
      await writer.query('COMMIT')
      expect((await placing).kind).toBe(kind)
    } finally {
      await writer.end()
      await stores.database.db.$executeRaw`UPDATE products SET status = 'active' WHERE id = 2`
    }
  })

  test('and gives up after a while: nothing is written, and the same again makes the order', async () => {
    const request = asked(await seen(1))
    const writer = new pg.Client({ connectionString: stores.database.url })
    await writer.connect()
    const count = await orders()
    try {
      await writer.query('BEGIN')
      await writer.query('SELECT FROM stock WHERE product_id = 1 FOR UPDATE')
      expect(await placeOrder(request)).toEqual({ kind: 'busy' })
      expect(await orders()).toBe(count)
      await writer.query('ROLLBACK')
      expect(await placeOrder(request)).toMatchObject({ kind: 'placed', again: false })
    } finally {
      await writer.end()
    }
  })
})

describe('the database refuses', () => {
  const sql = (text: string) => stores.database.db.$executeRawUnsafe(text)
  test.each([
    ['another price of a line', 'UPDATE order_lines SET amount_minor = 1', 'frozen'],
    ['a line that goes', 'DELETE FROM order_lines', 'frozen'],
    ['an order that goes', 'DELETE FROM orders', 'cancelled instead'],
    ['another address', "UPDATE orders SET city = 'Rome'", 'frozen'],
    [
      'a total that does not add up',
      `INSERT INTO orders (number, idempotency_key, locale, email, name, street, postcode, city, country, delivery_method, currency, goods_minor, delivery_minor, total_minor, tax_rate, delivery_tax_minor, tax_minor, tax_statement)
      VALUES ('261128-AAAA-AAAA', gen_random_uuid(), 'en', 'a@b.c', 'a', 'a', 'a', 'a', 'DE', 'standard', 'EUR', 100, 0, 100, 1900, 0, 16, '')`,
      'does not add up',
    ],
    ['a stock below zero', 'UPDATE stock SET quantity = -1 WHERE product_id = 1', 'stock_quantity_range'],
  ])('%s', async (_what, statement, message) => {
    await placed(asked(await seen(2)))
    await expect(sql(statement)).rejects.toThrow(message)
  })
})
