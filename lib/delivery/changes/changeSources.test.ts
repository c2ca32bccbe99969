/** The promises of delivery with each source of changes: the suite of the relay, over both. */
import { describe, expect, it, vi } from 'vitest'
import { cdcSource, drivenShop } from '../testing/drivenShop.ts'
import { OutboxSource } from './outboxSource.ts'

const PATIENCE = { timeout: 10_000, interval: 20 }

const shop = drivenShop(30)

async function expectHandedOver(ids: readonly string[]): Promise<void> {
  await vi.waitFor(async () => expect(await shop.handedOver()).toEqual(expect.arrayContaining([...ids])), PATIENCE)
}

/** A job that names a row may be there a moment before the row is in the index. */
async function expectInIndex(): Promise<void> {
  await vi.waitFor(async () => expect(await shop.behind()).toEqual([]), PATIENCE)
}

describe.each([
  ['the outbox', () => new OutboxSource()],
  ['logical replication', () => cdcSource()],
])('driven by %s', (_name, source) => {
  it('brings a write past the application to the index and to the queue', async () => {
    shop.start(source())
    await expectHandedOver(await shop.change(1))
    await expectInIndex()
  })

  it('delivers what was committed while it did not run, and nothing that was rolled back', async () => {
    const stop = shop.start(source())
    await expectHandedOver(await shop.change(2))
    await stop()
    const missed = [...(await shop.change(3, 4)), ...(await shop.change(5))]
    await expect(
      shop.catalog.db.$transaction(async (tx) => {
        await tx.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = 6`
        throw new Error('rolled back')
      }),
    ).rejects.toThrow('rolled back')
    shop.start(source())
    await expectHandedOver(missed)
    const all = await shop.handedOver()
    expect(await shop.catalog.db.outbox.count({ where: { id: { in: all.map(BigInt) }, entityIds: { has: 6 } } })).toBe(
      0,
    )
  })

  it('hands each row over once, though two processes of the fleet hear of it', async () => {
    shop.start(source())
    shop.start(source())
    const ids: string[] = []
    for (let i = 0; i < 20; i++) ids.push(...(await shop.change(10 + (i % 5))))
    await expectHandedOver(ids)
    expect((await shop.handedOver()).filter((id) => ids.includes(id)).toSorted()).toEqual(ids.toSorted())
    await expectInIndex()
  })

  it('takes a row again that was handed over and is not done', async () => {
    shop.start(source())
    const ids = await shop.change(7)
    await expectHandedOver(ids)
    await shop.catalog.db.outbox.updateMany({ where: { id: { in: ids.map(BigInt) } }, data: { retryAt: new Date(0) } })
    await vi.waitFor(
      async () => expect((await shop.handedOver()).filter((id) => ids.includes(id))).toHaveLength(2 * ids.length),
      PATIENCE,
    )
  })

  it('takes a row that was left behind before it began', async () => {
    const [row] = await shop.catalog.db.$queryRaw<{ id: string }[]>`
      INSERT INTO outbox (topic, entity_ids, versions, created_at) VALUES ('price', '{8}', '{1}', now() - interval '10 s') RETURNING id::text`
    shop.start(source())
    await expectHandedOver([row?.id ?? 'none'])
    await expectInIndex()
  })
})
