import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { changeMeant } from '../../testing/changeMeant.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { endSale, inMinutes, phrases, planEdit, planSale, startSale } from '../../testing/sales.ts'
import { retryConflicts } from '../apply/retryConflicts.ts'
import type { BulkEditView } from '../contract.ts'
import { approveBulkEdit, cancelBulkEdit } from '../preview/approveBulkEdit.ts'
import { scheduleNotices, scheduleProblems } from './scheduleProblems.ts'
import { startDue } from './scheduleRun.ts'
import { schedule, scheduleBulkEdit, schedules } from './schedules.ts'

const admin = person('admin')

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(30)
  await db().price.updateMany({ data: { amountMinor: 110_99, compareAtMinor: null } })
})
afterAll(() => stores.close())

const edited = (productId: number, amountMinor: number) =>
  changeMeant({ changes: [{ productId, amountMinor, compareAtMinor: null }], reason: 'elsewhere', source: 'editor' })
const approved = (edit: BulkEditView) => approveBulkEdit(admin, edit.id, { confirmations: phrases(edit) })
const problemOf = async (id: string) => (await schedule(admin, id)).problem
const warningOf = async (id: string) => (await schedule(admin, id)).warning
const needingAttention = async () =>
  (await schedules(admin, { offset: 0, limit: 50, attention: true })).schedules.map(({ id }) => id)

const planned = (edit: BulkEditView, times: { startsAt: string; endsAt?: string }) =>
  scheduleBulkEdit(admin, edit.id, { ...times, timeZone: 'Europe/Berlin', confirmations: phrases(edit) })
const amountOf = async (productId: number) => (await db().price.findUniqueOrThrow({ where: { productId } })).amountMinor

test('a start that did not reach every price is a problem, until the rest is previewed again and planned with an end', async () => {
  const id = await planSale({ percent: '-20', products: [10, 11] })
  await db().$executeRaw`UPDATE prices SET currency = 'CHF' WHERE product_id = 11`
  await startSale(id)
  const { bulkEditId, problem } = await schedule(admin, id)
  expect(problem).toBe('1 price did not start: refused. Open the edit to see why, and retry the refused.')
  expect(await scheduleProblems(db())).toMatchObject([{ id, problem, atEnd: false }])
  const again = await retryConflicts(admin, bulkEditId, { states: ['refused'] })
  await expect(approved(again)).rejects.toThrow(/plan them for a time with an end/)
  await expect(planned(again, { startsAt: inMinutes(10) })).rejects.toThrow(/plan them for a time with an end/)
  const rest = await planned(again, { startsAt: inMinutes(10), endsAt: inMinutes(20) })
  expect(await scheduleProblems(db())).toEqual([])
  await startSale(rest.id)
  expect(await amountOf(11)).toBe(88_79)
  await endSale(rest.id)
  expect(await amountOf(11)).toBe(110_99)
  await endSale(id)
})

test('a sale that was missed is a problem until it is previewed again and planned for another time', async () => {
  const id = await planSale({ percent: '-20', products: [24, 25] })
  await db().$executeRaw`
    UPDATE price_schedules SET starts_at = clock_timestamp() - interval '2 s', ends_at = clock_timestamp() - interval '1 s' WHERE id = ${id}::uuid`
  expect(await startDue()).toBeNull()
  const { bulkEditId, problem } = await schedule(admin, id)
  expect(problem).toBe('No price was changed. Open the edit, preview it again and plan it for another time.')
  const discarded = await retryConflicts(admin, bulkEditId)
  await cancelBulkEdit(admin, discarded.id)
  const again = await retryConflicts(admin, discarded.id)
  await expect(approved(again), 'of a retry that was discarded too').rejects.toThrow(/plan them for a time with an end/)
  expect(await problemOf(id)).toBe(problem)
  await planned(again, { startsAt: inMinutes(30), endsAt: inMinutes(40) })
  expect(await problemOf(id)).toBeNull()
})

test('a start that no worker makes is a problem half a minute after its time, until it is made', async () => {
  const id = await planSale({ percent: '-20', products: [14] })
  const since = (seconds: number) => db().$executeRaw`
    UPDATE price_schedules SET starts_at = clock_timestamp() - make_interval(secs => ${seconds}) WHERE id = ${id}::uuid`
  const own = async () => (await scheduleProblems(db())).filter((one) => one.id === id)
  await since(10)
  expect(await own()).toEqual([])
  await since(40)
  expect(await own()).toMatchObject([{ problem: expect.stringMatching(/^It has not started yet/), atEnd: false }])
  await startSale(id)
  expect(await own()).toEqual([])
  await endSale(id)
})

test('an end that did not reach every price is a critical one, until it has', async () => {
  const id = await planSale({ percent: '-20', products: [12] })
  await startSale(id)
  await db()
    .$executeRaw`UPDATE price_schedules SET starts_at = clock_timestamp() - interval '2 minutes', ends_at = clock_timestamp() - interval '1 minute' WHERE id = ${id}::uuid`
  expect(await scheduleProblems(db())).toContainEqual(
    expect.objectContaining({ id, atEnd: true, problem: expect.stringMatching(/^1 price did not go back at the end/) }),
  )
  await db()
    .$executeRaw`UPDATE price_schedules SET ends_at = clock_timestamp() + interval '1 minute' WHERE id = ${id}::uuid`
  await endSale(id)
  expect((await scheduleProblems(db())).filter((one) => one.id === id)).toEqual([])
})

test('the conflicts of a planned edit are a problem until each is retried, or has another price since', async () => {
  const id = await planEdit({ percent: '-20', products: [13, 15, 16, 17] })
  for (const product of [13, 15, 16]) await edited(product, 120_00)
  await startSale(id)
  const { bulkEditId, state } = await schedule(admin, id)
  expect(state).toBe('done')
  const said = (prices: string) =>
    `${prices} did not start: edited after the preview. Open the edit and retry the conflicts.`
  expect(await problemOf(id)).toBe(said('3 prices'))
  const one = await retryConflicts(admin, bulkEditId, { productIds: [13] })
  expect(await problemOf(id), 'a preview changes nothing').toBe(said('3 prices'))
  await approved(one)
  expect(await problemOf(id)).toBe(said('2 prices'))
  expect(await scheduleProblems(db())).toContainEqual(expect.objectContaining({ id, problem: said('2 prices') }))
  await edited(15, 99_00)
  expect(await problemOf(id)).toBe(said('1 price'))
  expect(await needingAttention()).toContain(id)
  await approved(await retryConflicts(admin, bulkEditId))
  expect(await problemOf(id)).toBeNull()
  expect(await needingAttention()).not.toContain(id)
})

test('prices that will not follow a plan are a warning before its start, and prices of a sale that are no reduction', async () => {
  const [sale, edit] = [
    await planSale({ percent: '-20', products: [20, 21] }),
    await planEdit({ percent: '-20', products: [22, 23] }),
  ]
  expect([await warningOf(sale), await warningOf(edit)]).toEqual([null, null])
  await edited(20, 80_00)
  await edited(22, 80_00)
  expect(await warningOf(sale)).toBe(
    '1 price of this sale is not below the base price. Make a new preview, or change the base price.',
  )
  expect(await warningOf(edit)).toBe(
    '1 price was edited after the preview and will stay as it is. Make a new preview to change it too.',
  )
  expect(await needingAttention()).toEqual(expect.arrayContaining([sale, edit]))
  expect(await scheduleNotices()).toEqual(
    expect.arrayContaining([expect.objectContaining({ id: sale, problem: null, warning: await warningOf(sale) })]),
  )
  await startSale(sale)
  expect(await warningOf(sale)).toBe(
    '1 price of this sale is not below the base price. Change the base price, or end the sale.',
  )
  await edited(20, 110_99)
  expect(await warningOf(sale)).toBeNull()
  expect(await needingAttention()).not.toContain(sale)
  await endSale(sale)
})
