import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { db } from '#lib/platform/db.ts'
import { changeMeant } from '../../testing/changeMeant.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { applyBulkEdit } from '../apply/applyBulkEdit.ts'
import { bulkEdit } from '../bulkEdits.ts'
import { BulkEditRefusedError, BulkEditStateError, ScheduleNotFoundError } from '../errors.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'
import { undoBulkEdit } from '../apply/followUps.ts'
import { retryConflicts } from '../apply/retryConflicts.ts'
import { endDue } from './scheduleEnd.ts'
import { nextDueMs } from './dueSwitches.ts'
import { startDue } from './scheduleRun.ts'
import { cancelSchedule, scheduleBulkEdit, schedules, updateSchedule } from './schedules.ts'
import { unfinishedBulkEdits } from '../apply/unfinished.ts'

const admin = person('admin')
const timeZone = 'Europe/Berlin'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(40)
})
afterAll(() => stores.close())

/** The wall clock of the zone, so many minutes from now. */
function inMinutes(minutes: number): string {
  return Temporal.Now.zonedDateTimeISO(timeZone)
    .add({ minutes })
    .toString({ timeZoneName: 'never', smallestUnit: 'second' })
}

const priceOf = async (productId: number) => (await db().price.findUniqueOrThrow({ where: { productId } })).amountMinor

async function scheduled(productIds: number[], endsAt?: string) {
  const edit = await createBulkEdit(
    admin,
    {
      selection: { matching: false, added: productIds },
      rules: { amount: { kind: 'add', cents: 100 } },
      reason: 'Flash sale',
    },
    'editor',
  )
  return scheduleBulkEdit(admin, edit.id, {
    startsAt: inMinutes(10),
    ...(endsAt && { endsAt }),
    timeZone,
    confirmations: [],
  })
}

/** Moves the planned times, as waiting would. */
/** Seconds after which a schedule of `inMinutes(10)`, whose time is a whole second, is due, and not late. */
const SOON = 599

async function pass(id: string, seconds: number): Promise<void> {
  await db()
    .$executeRaw`UPDATE price_schedules SET starts_at = starts_at - make_interval(secs => ${seconds}), ends_at = ends_at - make_interval(secs => ${seconds}) WHERE id = ${id}::uuid`
}

async function stateOf(id: string) {
  const found = (await schedules(admin, { offset: 0, limit: 100 })).schedules.find((schedule) => schedule.id === id)
  if (!found) throw new ScheduleNotFoundError(id)
  return found
}

describe('a schedule', () => {
  test('waits for its time: nothing is applied, and no sweep takes it for unfinished', async () => {
    const before = await priceOf(1)
    const { id, bulkEditId } = await scheduled([1])
    expect(await startDue()).toBeUndefined()
    await db()
      .$executeRaw`UPDATE bulk_edits SET approved_at = approved_at - interval '1 hour' WHERE id = ${bulkEditId}::uuid`
    expect(await unfinishedBulkEdits()).toEqual([])
    await applyBulkEdit(bulkEditId)
    expect(await priceOf(1)).toBe(before)
    expect(await nextDueMs('start')).toBeGreaterThan(500_000)
    await cancelSchedule(admin, id)
    expect(await stateOf(id)).toMatchObject({ state: 'cancelled' })
    expect(await bulkEdit(admin, bulkEditId)).toMatchObject({ state: 'cancelled' })
    expect(await nextDueMs('start')).toBeUndefined()
  })

  test('is applied when due, and its end takes its layer away: the base price is shown, as it was or was edited', async () => {
    const before = [await priceOf(2), await priceOf(3)]
    const { id, bulkEditId } = await scheduled([2, 3], inMinutes(20))
    await pass(id, SOON)
    expect(await startDue()).toBe(bulkEditId)
    expect(await startDue()).toBeUndefined()
    expect(await endDue(), 'the end is still to come').toBeUndefined()
    await applyBulkEdit(bulkEditId)
    expect([await priceOf(2), await priceOf(3)]).toEqual(before.map((cents) => cents + 100))

    await changeMeant({
      changes: [{ productId: 3, amountMinor: 77_77, compareAtMinor: null }],
      reason: 'in between',
      source: 'editor',
    })
    await pass(id, SOON)
    expect(await endDue()).toBe(id)
    expect(await endDue()).toBeUndefined()
    expect([await priceOf(2), await priceOf(3)]).toEqual([before[0], 77_77])
    expect(await stateOf(id)).toMatchObject({ state: 'done', message: null })
    expect(await db().priceChange.findFirst({ where: { productId: 2 }, orderBy: { version: 'desc' } })).toMatchObject({
      source: 'schedule',
      actor: admin.actor,
      reason: 'End of: Flash sale',
      bulkEditId,
    })
  })

  test('that a worker began to end is ended by another one after a few seconds', async () => {
    const before = await priceOf(11)
    const { id } = await scheduled([11, 12], inMinutes(20))
    await pass(id, 600)
    await applyBulkEdit((await startDue()) ?? '')
    await pass(id, 600)
    await db().$executeRaw`UPDATE price_schedules SET ended_at = clock_timestamp() WHERE id = ${id}::uuid`
    expect(await endDue(), 'a worker is at it').toBeUndefined()
    await db()
      .$executeRaw`UPDATE price_schedules SET ended_at = clock_timestamp() - interval '6 seconds' WHERE id = ${id}::uuid`
    expect(await endDue()).toBe(id)
    expect(await priceOf(11)).toBe(before)
    expect(await stateOf(id)).toMatchObject({ state: 'done' })
  })

  test('whose base price the database refuses at the end says so, ends the others, and goes on once it is mended', async () => {
    const [before, , , after] = [await priceOf(13), await priceOf(14), await priceOf(15), await priceOf(16)]
    const { id } = await scheduled([13, 14, 15, 16], inMinutes(20))
    await pass(id, 600)
    await applyBulkEdit((await startDue()) ?? '')
    const old = await priceOf(14)
    await db().$executeRawUnsafe(
      `ALTER TABLE prices ADD CONSTRAINT newer_than_the_sale CHECK (product_id <> 14 OR amount_cents >= ${old})`,
    )
    await pass(id, 600)
    expect(await endDue()).toBe(id)
    expect([await priceOf(13), await priceOf(14), await priceOf(16)]).toEqual([before, old, after])
    expect(await stateOf(id)).toMatchObject({ state: 'running', message: expect.stringMatching(/^1 prices are still/) })
    await db().$executeRawUnsafe('ALTER TABLE prices DROP CONSTRAINT newer_than_the_sale')
    await db().$executeRaw`UPDATE price_schedules SET ended_at = ended_at - interval '6 seconds' WHERE id = ${id}::uuid`
    expect(await endDue()).toBe(id)
    expect(await priceOf(14)).toBe(old - 100)
    expect(await stateOf(id)).toMatchObject({ state: 'done' })
  })

  test('refuses a row whose currency is another one by its start, and says so', async () => {
    const before = await priceOf(18)
    const { id, bulkEditId } = await scheduled([17, 18], inMinutes(20))
    await db().$executeRaw`UPDATE prices SET currency = 'CHF' WHERE product_id = 18`
    await pass(id, 600)
    await applyBulkEdit((await startDue()) ?? '')
    expect(await bulkEdit(admin, bulkEditId)).toMatchObject({ progress: { applied: 1, refused: 1 } })
    const row = await db().bulkEditRow.findFirst({ where: { bulkEditId, productId: 18 } })
    expect(row?.message).toBe(
      'The price is in CHF now, and the sale was planned in EUR. Plan a sale for this product anew.',
    )
    expect(await priceOf(18)).toBe(before)
    await pass(id, 600)
    expect(await endDue()).toBe(id)
  })

  test('cannot be undone as an edit, which would make the price of a sale the base price, and what started is not retried', async () => {
    const { id, bulkEditId } = await scheduled([19], inMinutes(20))
    await pass(id, 600)
    await applyBulkEdit((await startDue()) ?? '')
    await expect(undoBulkEdit(admin, bulkEditId)).rejects.toThrow(/end it now on its schedule/)
    await expect(retryConflicts(admin, bulkEditId)).rejects.toThrow(/left nothing to retry/)
    await pass(id, 600)
    expect(await endDue()).toBe(id)
    await expect(undoBulkEdit(admin, bulkEditId)).rejects.toThrow(/has ended/)
  })

  test('whose worker was down is applied late and says so', async () => {
    const { id, bulkEditId } = await scheduled([4])
    await pass(id, 600 + 95)
    expect(await startDue()).toBe(bulkEditId)
    expect(await stateOf(id)).toMatchObject({ state: 'done', message: expect.stringMatching(/^Applied 9\d s late/) })
  })

  test('that was missed altogether changes nothing and says so', async () => {
    const before = await stores.written()
    const { id, bulkEditId } = await scheduled([5], inMinutes(20))
    await pass(id, 1_300)
    expect(await startDue()).toBeNull()
    await applyBulkEdit(bulkEditId)
    expect(await stateOf(id)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('nothing was changed'),
    })
    expect(await stores.written()).toEqual(before)
  })

  test('can be given other times while it waits; of one that has begun only the end, and cancelling it ends it now', async () => {
    const { id, bulkEditId } = await scheduled([6], inMinutes(20))
    const before = await priceOf(6)
    await updateSchedule(admin, id, { startsAt: inMinutes(30), endsAt: inMinutes(40), timeZone })
    await pass(id, 600)
    expect(await startDue()).toBeUndefined()
    await pass(id, 1_200)
    await applyBulkEdit((await startDue()) ?? '')
    await expect(updateSchedule(admin, id, { startsAt: inMinutes(5), timeZone })).rejects.toThrow(/say when it ends/)
    const { version } = await db().price.findUniqueOrThrow({ where: { productId: 6 } })
    await updateSchedule(admin, id, { startsAt: inMinutes(5), endsAt: inMinutes(90), timeZone })
    // The page says until when the price holds, so another end is another version of it.
    expect((await db().price.findUniqueOrThrow({ where: { productId: 6 } })).version).toBe(version + 1n)
    expect(await endDue()).toBeUndefined()
    await cancelSchedule(admin, id)
    expect(await endDue()).toBe(id)
    expect(await priceOf(6)).toBe(before)
    expect(await stateOf(id)).toMatchObject({
      state: 'done',
      message: expect.stringContaining(`Ended early by ${admin.actor}`),
    })
    await expect(cancelSchedule(admin, id)).rejects.toThrow(BulkEditStateError)
    expect((await bulkEdit(admin, bulkEditId)).state).toBe('applied')
  })

  test('is refused for a time that is over, an end before the start, by an edit that is decided on, and by a viewer', async () => {
    const edit = await createBulkEdit(
      admin,
      { selection: { matching: false, added: [7] }, rules: { amount: { kind: 'add', cents: 100 } }, reason: 'no' },
      'editor',
    )
    const attempt = (startsAt: string, endsAt?: string) =>
      scheduleBulkEdit(admin, edit.id, { startsAt, ...(endsAt && { endsAt }), timeZone, confirmations: [] })
    await expect(attempt(inMinutes(-1))).rejects.toThrow(/is over/)
    await expect(attempt(inMinutes(10), inMinutes(9))).rejects.toThrow(/after the start/)
    await expect(attempt('soon')).rejects.toThrow(BulkEditRefusedError)
    await expect(
      scheduleBulkEdit(person('viewer'), edit.id, { startsAt: inMinutes(10), timeZone, confirmations: [] }),
    ).rejects.toThrow(MissingPermissionError)
    expect((await bulkEdit(admin, edit.id)).state).toBe('previewed')
    await attempt(inMinutes(10))
    await expect(attempt(inMinutes(20))).rejects.toThrow(BulkEditStateError)
    await expect(updateSchedule(person('viewer'), edit.id, { startsAt: inMinutes(10), timeZone })).rejects.toThrow(
      MissingPermissionError,
    )
    await expect(cancelSchedule(admin, edit.id)).rejects.toThrow(ScheduleNotFoundError)
  })
})
