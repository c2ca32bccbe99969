import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { changeMeant } from '../../testing/changeMeant.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { endSale, planSale, startSale } from '../../testing/sales.ts'
import { scheduleProblems } from './scheduleFacts.ts'
import { endDue } from './scheduleEnd.ts'
import { startDue } from './scheduleRun.ts'
import { schedule, schedules, updateSchedule } from './schedules.ts'

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

test('a start that did not reach every price is a problem of the schedule, and on the overview', async () => {
  const id = await planSale({ percent: '-20', products: [10, 11] })
  await db().$executeRaw`UPDATE prices SET currency = 'CHF' WHERE product_id = 11`
  await startSale(id)
  const problem = '1 price did not start: refused. Open the edit to see why, and plan these products anew.'
  expect((await schedules(admin, { offset: 0, limit: 9 })).schedules.find((one) => one.id === id)?.problem).toBe(
    problem,
  )
  expect(await scheduleProblems()).toMatchObject([{ id, problem, atEnd: false }])
})

test('a start that no worker makes is a problem half a minute after its time, until it is made', async () => {
  const id = await planSale({ percent: '-20', products: [14] })
  const since = (seconds: number) => db().$executeRaw`
    UPDATE price_schedules SET starts_at = clock_timestamp() - make_interval(secs => ${seconds}) WHERE id = ${id}::uuid`
  const own = async () => (await scheduleProblems()).filter((one) => one.id === id)
  await since(10)
  expect(await own()).toEqual([])
  await since(40)
  expect(await own()).toMatchObject([{ problem: expect.stringMatching(/^It has not started yet/), atEnd: false }])
  await startSale(id)
  expect(await own()).toEqual([])
  await endSale(id)
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

test('an end that did not reach every price is a critical one, until it has', async () => {
  const id = await planSale({ percent: '-20', products: [12] })
  await startSale(id)
  await db()
    .$executeRaw`UPDATE price_schedules SET starts_at = clock_timestamp() - interval '2 minutes', ends_at = clock_timestamp() - interval '1 minute' WHERE id = ${id}::uuid`
  expect(await scheduleProblems()).toContainEqual(
    expect.objectContaining({ id, atEnd: true, problem: expect.stringMatching(/^1 price did not go back at the end/) }),
  )
  await db()
    .$executeRaw`UPDATE price_schedules SET ends_at = clock_timestamp() + interval '1 minute' WHERE id = ${id}::uuid`
  await endSale(id)
  expect((await scheduleProblems()).filter((one) => one.id === id)).toEqual([])
})

test('a planned edit of base prices that met an edited one is a problem until the conflict is retried', async () => {
  const id = await planSale({ percent: '-20', products: [13] })
  await db().$executeRaw`UPDATE price_schedules SET ends_at = NULL WHERE id = ${id}::uuid`
  await changeMeant({
    changes: [{ productId: 13, amountMinor: 120_00, compareAtMinor: null }],
    reason: 'before the start',
    source: 'editor',
  })
  await startSale(id)
  expect(await schedule(admin, id)).toMatchObject({
    state: 'done',
    problem: '1 price did not start: edited after the preview. Open the edit and retry the conflicts.',
  })
})
