/** Receipts of edits of all kinds but prices, put together from outbox, ledger and audit log on real stores. */
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { writeAudit } from '#lib/audit/writeAudit.ts'
import type { ResourceKind } from '#lib/catalog/resources.ts'
import { invalidate } from '#lib/delivery/invalidation.ts'
import { deliveredShop } from '#lib/delivery/testing/deliveredShop.ts'
import { moveStocks, writeStocks } from '#lib/pricing/stock/stockRows.ts'
import { person } from '#lib/pricing/testing/principals.ts'
import { setChangeContext, type Transaction } from '#lib/pricing/transaction.ts'
import { expectEachLayer } from '../testing/expectEachLayer.ts'
import { listReceipts, searchReceipts } from './receipts.ts'

const shop = deliveredShop(30)
const editor = person('editor')

/** Runs the work in a transaction of an editor. @returns the rows of the outbox that it wrote */
async function edit(correlationId: string, work: (tx: Transaction) => Promise<unknown>): Promise<bigint[]> {
  const { db } = shop.context
  const newest = await db.outbox.findFirst({ orderBy: { id: 'desc' }, select: { id: true } })
  await db.$transaction(async (tx) => {
    await setChangeContext(tx, { actor: editor.actor, reason: 'A test', source: 'api', correlationId })
    await work(tx)
  })
  const rows = await db.outbox.findMany({ where: { id: { gt: newest?.id ?? 0n } }, select: { id: true } })
  return rows.map(({ id }) => id)
}

const setStock = (correlationId: string, productId: number, quantity: number, reason = 'Counted again') =>
  edit(correlationId, (tx) => writeStocks(tx, [{ productId, quantity }], { principal: editor, reason, correlationId }))

const deliver = (ids: readonly bigint[]) =>
  invalidate(
    shop.context,
    ids.map((id) => id.toString()),
    { id: 'job', attempt: 1 },
  )

const receiptsOf = async (kind: ResourceKind, id: number, version?: number) =>
  (await listReceipts(shop.context.db, { kind, id, version })).receipts

test('says of an edit of a stock who made it and why, and when each layer showed it', async () => {
  const ids = await setStock('counted', 2, 41)
  expect((await receiptsOf('stock', 2)).map(({ version, state }) => [version, state])).toEqual([[2, 'propagating']])
  await deliver(ids)
  const [receipt, ...others] = await receiptsOf('stock', 2, 2)
  expect(others).toEqual([])
  const { name } = await shop.context.db.product.findUniqueOrThrow({ where: { id: 2 } })
  expect(receipt).toMatchObject({
    kind: 'stock',
    id: 2,
    productName: name,
    state: 'live',
    actor: 'editor@evergreen.example',
    reason: 'Counted again',
    correlationId: 'counted',
    audit: { action: 'product.stock', target: 'product:2', detail: { to: 41, version: 2 } },
    deliveredAt: expect.any(Date),
  })
  const times = expectEachLayer(receipt, shop.context.webUrls[0])
  expect(times[0]).toBe(receipt?.changedAt?.getTime())
})

test('says of a text who changed it, also on the receipts of the lists that show it', async () => {
  const { db } = shop.context
  const { categoryId } = await db.productCategory.findFirstOrThrow({ where: { productId: 3 } })
  const ids = await edit('renamed', async (tx) => {
    await tx.$executeRaw`UPDATE products SET name = 'Another name', rank = rank + 1 WHERE id = 3`
    await tx.$executeRaw`UPDATE categories SET version = version + 1 WHERE id = ${categoryId}`
    await writeAudit(tx, editor, {
      action: 'product.texts',
      target: 'product:3',
      reason: 'A typo',
      correlationId: 'renamed',
    })
  })
  await deliver(ids)
  const [product] = await receiptsOf('product', 3)
  const [list] = await receiptsOf('category', categoryId)
  for (const receipt of [product, list])
    expect(receipt).toMatchObject({ state: 'live', actor: editor.actor, reason: 'A typo', correlationId: 'renamed' })
  expect(product?.layers.find(({ layer }) => layer === 'page')?.seenAt).toBeInstanceOf(Date)
})

test('takes the entry of its own product from a file of stocks, and that of this moment where a script uses a correlation id again', async () => {
  await edit('a file', (tx) =>
    writeStocks(
      tx,
      [4, 5].map((productId) => ({ productId, quantity: 70 + productId })),
      { principal: editor, reason: 'A file', correlationId: 'a file' },
    ),
  )
  expect((await receiptsOf('stock', 5))[0]).toMatchObject({ audit: { target: 'product:5', detail: { to: 75 } } })
  await setStock('a file', 5, 1, 'Broken ones')
  expect((await receiptsOf('stock', 5)).map(({ reason }) => reason)).toEqual(['Broken ones', 'A file'])
})

/** As the checkout writes it. */
const order = (correlationId: string, number: string, productId: number) =>
  edit(correlationId, async (tx) => {
    const price = { amountMinor: 500, currency: 'EUR', priceVersion: 1, totalMinor: 500, taxRate: 1_900, taxMinor: 80 }
    const line = { productId, position: 0, sku: 'X-1', name: 'A lamp', quantity: 1, ...price }
    const address = { email: 'a@example.com', name: 'A', street: 'B 1', postcode: '1', city: 'C', country: 'DE' }
    const sums = { goodsMinor: 500, deliveryMinor: 0, totalMinor: 500, deliveryTaxMinor: 0, taxMinor: 80 }
    const terms = {
      locale: 'en',
      currency: 'EUR',
      deliveryMethod: 'standard',
      taxRate: 1_900,
      taxStatement: 'incl. VAT',
    }
    const data = { number, idempotencyKey: randomUUID(), correlationId, ...address, ...sums, ...terms }
    await tx.order.create({ data: { ...data, lines: { create: [line] } } })
    await moveStocks(tx, [{ productId, by: -1 }])
  })

test('names the order that took a stock, also where a script uses a correlation id again', async () => {
  await setStock('counted for orders', 1, 40)
  await order('a script', '261201-AAAA-AAAA', 1)
  await order('a script', '261201-BBBB-BBBB', 2)
  await order('a script', '261201-CCCC-CCCC', 1)
  const receipts = await receiptsOf('stock', 1)
  expect(receipts.map((receipt) => 'orderNumber' in receipt && receipt.orderNumber)).toEqual([
    '261201-CCCC-CCCC',
    '261201-AAAA-AAAA',
    null,
  ])
})

test('names no one for a write past the application', async () => {
  await shop.context.db.$executeRaw`UPDATE stock SET quantity = quantity + 1 WHERE product_id = 6`
  expect(await receiptsOf('stock', 6)).toMatchObject([{ actor: null, reason: null, audit: null, correlationId: null }])
})

test('says by which version an edit was superseded', async () => {
  const old = await setStock('first', 7, 1)
  await setStock('second', 7, 2)
  const newest = await setStock('third', 7, 3)
  await deliver(old)
  await deliver(newest)
  expect((await receiptsOf('stock', 7)).map(({ state, supersededBy }) => [state, supersededBy])).toEqual([
    ['live', null],
    ['propagating', null],
    ['superseded', 4],
  ])
})

test('says that the times of an old version are no longer kept, and has no receipt of one that is not there yet', async () => {
  await setStock('kept', 8, 1)
  await shop.context.db.$executeRaw`DELETE FROM outbox WHERE topic = 'stock' AND entity_ids @> ARRAY[8]`
  expect(await receiptsOf('stock', 8, 2)).toMatchObject([
    { version: 2, state: 'forgotten', changedAt: null, layers: [], actor: null },
  ])
  expect(await receiptsOf('stock', 8, 3)).toEqual([])
  expect(await receiptsOf('stock', 999_999, 1)).toEqual([])
})

test('goes on where a page of receipts ended', async () => {
  for (let i = 0; i < 26; i++) await setStock(`page ${i}`, 9, 100 + i)
  const first = await listReceipts(shop.context.db, { kind: 'stock', id: 9 })
  const second = await listReceipts(shop.context.db, { kind: 'stock', id: 9, before: first.nextBefore })
  expect([...first.receipts, ...second.receipts].map(({ version }) => version)).toEqual(
    Array.from({ length: 26 }, (_, i) => 27 - i),
  )
  expect(second.nextBefore).toBeUndefined()
})

test('finds edits of every kind by a correlation id, by a product and by a tag', async () => {
  await edit('both', async (tx) => {
    await writeStocks(tx, [{ productId: 10, quantity: 3 }], {
      principal: editor,
      reason: 'Both',
      correlationId: 'both',
    })
    await tx.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = 10`
  })
  const found = async (text: string) =>
    (await searchReceipts(shop.context.db, text))
      .filter(({ version }) => version > 1)
      .map(({ kind, id }) => `${kind}:${id}`)
      .toSorted()
  const { sku } = await shop.context.db.product.findUniqueOrThrow({ where: { id: 10 } })
  for (const text of ['both', '10', sku]) expect(await found(text)).toEqual(['price:10', 'stock:10'])
  expect(await found('stock:10')).toEqual(['stock:10'])
  expect(await found('price:10')).toEqual(['price:10'])
})
