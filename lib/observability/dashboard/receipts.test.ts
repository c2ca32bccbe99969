/** Receipts, put together from what the invalidation job wrote on real stores. */
import { expect, test } from 'vitest'
import { invalidate } from '#lib/delivery/invalidation.ts'
import { QUARANTINE_AFTER } from '#lib/delivery/outbox.ts'
import { deliveredShop } from '#lib/delivery/testing/deliveredShop.ts'
import { expectEachLayer } from '../testing/expectEachLayer.ts'
import { listReceipts } from './receipts.ts'

const shop = deliveredShop(30)
const deliver = (ids: readonly bigint[]) =>
  invalidate(
    shop.context,
    ids.map((id) => id.toString()),
    { id: 'job', attempt: 1 },
  )
/** The states of the newest edits of a price, the newest first; by how many versions later they were superseded. */
const newestOf = async (productId: number, count: number) =>
  (await listReceipts(shop.context.db, { kind: 'price', id: productId })).receipts
    .slice(0, count)
    .map(({ version, state, supersededBy }) => (supersededBy === null ? state : `${state} +${supersededBy - version}`))

test('says when each layer and each instance showed an edit, in their order', async () => {
  const ids = await shop.change(2)
  expect(await newestOf(2, 2)).toEqual(['propagating', 'forgotten'])
  await deliver(ids)
  const { version } = await shop.context.db.price.findUniqueOrThrow({ where: { productId: 2 } })
  const { receipts } = await listReceipts(shop.context.db, { kind: 'price', id: 2, version: Number(version) })
  expect(receipts).toHaveLength(1)
  const [receipt] = receipts
  expect(receipt).toMatchObject({ state: 'live', source: 'sql', traceId: null, deliveredAt: expect.any(Date) })
  const times = expectEachLayer(receipt, shop.context.webUrls[0])
  expect(
    receipt?.layers.map(({ lagMs, seenAt }) => lagMs === (seenAt?.getTime() ?? 0) - (times[0] ?? 0)),
  ).not.toContain(false)
})

test('says by which version an edit was superseded', async () => {
  const old = await shop.change(3)
  await shop.change(3)
  const newest = await shop.change(3)
  await deliver(old)
  await deliver(newest)
  expect(await newestOf(3, 4)).toEqual(['live', 'propagating', 'superseded +2', 'forgotten'])
})

test('says that an edit is quarantined, with the reason, and of the others of its statement that they are live', async () => {
  shop.broken.add(5)
  await deliver(await shop.change(4, 5))
  for (let failures = 1; failures < QUARANTINE_AFTER; failures++) {
    const row = await shop.context.db.outbox.findFirstOrThrow({ where: { doneAt: null, entityIds: { has: 5 } } })
    await deliver([row.id])
  }
  expect(await newestOf(4, 2)).toEqual(['live', 'forgotten'])
  const [receipt] = (await listReceipts(shop.context.db, { kind: 'price', id: 5 })).receipts
  expect(receipt).toMatchObject({ state: 'quarantined', lastError: expect.stringContaining('It answered 500') })
  expect(receipt?.layers.find(({ layer }) => layer === 'page')).toMatchObject({ seenAt: null, lagMs: null })
})

test('goes on where a page of receipts ended', async () => {
  for (let i = 0; i < 26; i++) await shop.change(6)
  const first = await listReceipts(shop.context.db, { kind: 'price', id: 6 })
  const second = await listReceipts(shop.context.db, { kind: 'price', id: 6, before: first.nextBefore })
  const versions = [...first.receipts, ...second.receipts].map(({ version }) => version)
  expect(versions).toEqual(versions.map((_, i) => versions.length - i))
  expect(versions.length).toBeGreaterThan(26)
  expect(second.nextBefore).toBeUndefined()
})
