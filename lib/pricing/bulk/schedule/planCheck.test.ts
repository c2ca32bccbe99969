import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { changeMeant } from '../../testing/changeMeant.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { inMinutes, phrases, planSale, previewSale } from '../../testing/sales.ts'
import { BulkEditRefusedError } from '../errors.ts'
import { checkNewTimes, checkPlan } from './planCheck.ts'
import { schedule, scheduleBulkEdit } from './schedules.ts'

const admin = person('admin')
const timeZone = 'Europe/Berlin'
const times = (from: number, until?: number, priority?: number) => ({
  startsAt: inMinutes(from),
  ...(until !== undefined && { endsAt: inMinutes(until) }),
  timeZone,
  ...(priority !== undefined && { priority }),
})

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(20)
  await db().price.updateMany({ data: { amountMinor: 100_00, compareAtMinor: null } })
})
afterAll(() => stores.close())

test('says before a sale is planned what it would say afterwards: which sales it meets, when, and which is shown', async () => {
  const early = await planSale({ percent: '-20', products: [1, 2, 3], from: 10, until: 30 })
  const high = await planSale({ percent: '-5', products: [3, 4], from: 25, until: 60, priority: 5 })
  await planSale({ percent: '-5', products: [9], from: 10, until: 60 })
  await planSale({ percent: '-5', products: [1, 2, 3, 4], from: 90, until: 99 })
  const edit = await previewSale({ percent: '-30', products: [2, 3, 4] })
  const said = await checkPlan(admin, edit.id, times(20, 50))
  expect(said).toMatchObject({
    notReduced: 0,
    overlaps: [
      { id: early, products: 2, shows: 'this' },
      { id: high, products: 2, shows: 'other' },
    ],
  })
  expect(await db().priceSchedule.count({ where: { bulkEditId: edit.id } }), 'nothing is planned by it').toBe(0)
  const { overlaps } = await scheduleBulkEdit(admin, edit.id, { ...times(20, 50), confirmations: phrases(edit) })
  expect(overlaps.map(({ id, products, shows }) => ({ id, products, shows }))).toEqual(
    said.overlaps.map(({ id, products, shows }) => ({ id, products, shows })),
  )
})

test('names two of the same start and priority undecided, and of a schedule knows what other times would bring', async () => {
  const at = times(200, 220)
  const one = await previewSale({ percent: '-20', products: [11] })
  const { id } = await scheduleBulkEdit(admin, one.id, { ...at, confirmations: phrases(one) })
  const two = await previewSale({ percent: '-30', products: [11] })
  expect(await checkPlan(admin, two.id, at)).toMatchObject({ overlaps: [{ id, shows: 'undecided' }] })
  expect(await checkPlan(admin, two.id, { ...at, priority: 1 })).toMatchObject({ overlaps: [{ id, shows: 'this' }] })
  const later = await scheduleBulkEdit(admin, two.id, { ...times(300, 320), confirmations: phrases(two) })
  expect(await checkNewTimes(admin, later.id, times(210, 320))).toMatchObject({ overlaps: [{ id, shows: 'this' }] })
  expect(await schedule(admin, later.id)).toMatchObject({ overlaps: [] })
})

test('counts the prices of a sale that are not below the base price any more', async () => {
  const edit = await previewSale({ percent: '-10', products: [14, 15, 16] })
  const change = (productId: number, amountMinor: number) => ({ productId, amountMinor, compareAtMinor: null })
  await changeMeant({ changes: [change(14, 80_00), change(15, 90_00)], reason: 'Cheaper', source: 'editor' })
  expect(await checkPlan(admin, edit.id, times(400, 420))).toEqual({ overlaps: [], notReduced: 2 })
  expect(await checkPlan(admin, edit.id, times(400))).toEqual({ overlaps: [], notReduced: 0 })
})

test('refuses times that cannot be, by the field', async () => {
  const edit = await previewSale({ percent: '-10', products: [17] })
  const refused = await checkPlan(admin, edit.id, times(20, 10)).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(BulkEditRefusedError)
  expect(refused).toMatchObject({ issues: [{ field: 'endsAt' }] })
})
