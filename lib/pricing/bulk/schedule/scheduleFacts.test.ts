import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { endSale, planSale, startSale } from '../../testing/sales.ts'
import { endDue } from './scheduleEnd.ts'
import { startDue } from './scheduleRun.ts'
import { schedule, updateSchedule } from './schedules.ts'

const admin = person('admin')

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(20)
  await db().price.updateMany({ data: { amountMinor: 110_99, compareAtMinor: null } })
})
afterAll(() => stores.close())

const amountOf = async (productId: number) => (await db().price.findUniqueOrThrow({ where: { productId } })).amountMinor

test('planning says which sales overlap, on how many products, and which of them is shown when', async () => {
  const outer = await planSale({ percent: '-20', products: [1, 2, 3], from: 10, until: 40 })
  const inner = await planSale({ percent: '-30', products: [2, 3, 4], from: 20, until: 30 })
  const apart = await planSale({ percent: '-40', products: [1], from: 50, until: 60 })
  const [planned, other] = [await schedule(admin, inner), await schedule(admin, outer)]
  expect(planned.overlaps).toEqual([
    {
      id: outer,
      bulkEditId: other.bulkEditId,
      reason: 'Sale of -20 percent',
      startsAt: planned.startsAt,
      endsAt: planned.endsAt,
      products: 2,
      shows: 'this',
    },
  ])
  expect(other.overlaps).toMatchObject([{ id: inner, shows: 'other' }])
  expect((await schedule(admin, apart)).overlaps).toEqual([])

  const { startsAt, endsAt, timeZone } = other
  await updateSchedule(admin, outer, { startsAt, endsAt: endsAt ?? '', timeZone, priority: 1 })
  expect((await schedule(admin, inner)).overlaps).toMatchObject([{ id: outer, shows: 'other' }])
  await startSale(outer)
  await startSale(inner)
  expect([await amountOf(2), await amountOf(4)]).toEqual([88_79, 77_69])
  const begun = await schedule(admin, outer)
  await updateSchedule(admin, outer, { startsAt: begun.startsAt, endsAt: begun.endsAt ?? '', timeZone, priority: -1 })
  expect(await amountOf(2), 'a priority takes effect at once').toBe(77_69)
  await endSale(inner)
  await endSale(outer)
  expect(await amountOf(2)).toBe(110_99)
})

test('a start that an earlier release left halfway is made in full, and with its time over taken back', async () => {
  const halfway = async (products: number[]) => {
    const id = await planSale({ percent: '-20', products })
    const { bulkEditId } = await schedule(admin, id)
    await db().$executeRaw`
      UPDATE price_schedules SET state = 'running', started_at = clock_timestamp(), starts_at = clock_timestamp() WHERE id = ${id}::uuid`
    await db()
      .$executeRaw`UPDATE bulk_edits SET state = 'applying', started_at = clock_timestamp() WHERE id = ${bulkEditId}::uuid`
    await db().$executeRaw`
      INSERT INTO sale_prices SELECT ${id}::uuid, product_id, new_amount_cents, new_compare_at_cents FROM bulk_edit_rows
      WHERE bulk_edit_id = ${bulkEditId}::uuid AND product_id = ${products[0]}`
    await db().$executeRaw`
      UPDATE bulk_edit_rows SET state = 'applied' WHERE bulk_edit_id = ${bulkEditId}::uuid AND product_id = ${products[0]}`
    return { id, bulkEditId }
  }
  const made = await halfway([15, 16])
  expect(await startDue()).toBe(made.bulkEditId)
  expect([await amountOf(15), await amountOf(16)]).toEqual([88_79, 88_79])
  await endSale(made.id)

  const over = await halfway([17, 18])
  await db().$executeRaw`
    UPDATE price_schedules SET starts_at = clock_timestamp() - interval '2 s', ends_at = clock_timestamp() - interval '1 s' WHERE id = ${over.id}::uuid`
  expect(await startDue()).toBeUndefined()
  expect(await endDue()).toBe(over.id)
  expect([await amountOf(17), await amountOf(18)]).toEqual([110_99, 110_99])
  expect(await db().bulkEdit.findUnique({ where: { id: over.bulkEditId } })).toMatchObject({ state: 'cancelled' })
})
