/** Rows of edits that ended long ago: which of them go, and what is said afterwards. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { undoBulkEdit } from '#lib/pricing/bulk/apply/followUps.ts'
import { retryConflicts } from '#lib/pricing/bulk/apply/retryConflicts.ts'
import { bulkEdit, bulkEditRows } from '#lib/pricing/bulk/bulkEdits.ts'
import { exportEditRows } from '#lib/pricing/bulk/csv/csvExport.ts'
import { approveBulkEdit } from '#lib/pricing/bulk/preview/approveBulkEdit.ts'
import { createBulkEdit } from '#lib/pricing/bulk/preview/previewBulkEdit.ts'
import { priceStores, type PriceStores } from '#lib/pricing/testing/priceStores.ts'
import { person } from '#lib/pricing/testing/principals.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import { keptBulkEditRows } from './bulkEditRows.ts'

const admin = person('admin')

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(20)
})
beforeEach(async () => {
  await db().priceSchedule.deleteMany()
  await db().bulkEdit.updateMany({ data: { ofId: null } })
  await db().bulkEdit.deleteMany()
})
afterAll(async () => {
  await bulkQueue().close()
  await stores.close()
})

const previewed = async () =>
  (
    await createBulkEdit(
      admin,
      {
        selection: { matching: false, added: [1, 2, 3] },
        rules: { amount: { kind: 'percent', percent: '5', of: 'price' } },
        reason: 'Five percent more',
      },
      'editor',
    )
  ).id
/** Approved, and applied at once. */
async function applied(): Promise<string> {
  const id = await previewed()
  const { summary } = await bulkEdit(admin, id)
  const confirmations = (summary?.confirmations ?? []).map(({ phrase }) => phrase)
  expect((await approveBulkEdit(admin, id, { confirmations })).edit.progress.applied).toBe(3)
  return id
}
const age = (id: string, days: number) => db().$executeRaw`
  UPDATE bulk_edits SET created_at = created_at - make_interval(days => ${days}), previewed_at = previewed_at - make_interval(days => ${days}),
    approved_at = approved_at - make_interval(days => ${days}), started_at = started_at - make_interval(days => ${days}),
    applied_at = applied_at - make_interval(days => ${days}) WHERE id = ${id}::uuid`
const rowsOf = (bulkEditId: string) => db().bulkEditRow.count({ where: { bulkEditId } })

it('deletes the rows of an edit that ended 400 days ago, and says so of all that needs them', async () => {
  const [old, young] = [await applied(), await applied()]
  await age(old, 400)
  await age(young, 399)
  expect(await keptBulkEditRows.isLate(db())).toBe(false)
  expect(await keptBulkEditRows.forget(db())).toEqual({ rows: 3, more: false })
  expect([await rowsOf(old), await rowsOf(young)]).toEqual([0, 3])
  expect(await bulkEdit(admin, old)).toMatchObject({ state: 'applied', rowsForgotten: true, progress: { applied: 3 } })
  const refused = { name: 'BulkEditStateError', message: expect.stringMatching(/rows of this edit are no longer kept/) }
  await expect(undoBulkEdit(admin, old)).rejects.toMatchObject(refused)
  await expect(retryConflicts(admin, old)).rejects.toMatchObject(refused)
  await expect(exportEditRows(admin, old)).rejects.toMatchObject(refused)
  await expect(bulkEditRows(admin, old, { offset: 0, limit: 9 })).rejects.toMatchObject(refused)
  expect((await undoBulkEdit(admin, young)).progress.total).toBe(3)
})

it('keeps the rows while an edit that follows, or a schedule, is not over', async () => {
  const [followed, sold] = [await applied(), await applied()]
  const undo = await undoBulkEdit(admin, followed)
  const [sale] = await db().$queryRaw<[{ id: string }]>`
    INSERT INTO price_schedules (bulk_edit_id, starts_at, ends_at, time_zone, state, created_by)
    VALUES (${sold}::uuid, now() - interval '402 days', now() + interval '1 day', 'UTC', 'running', 'a test') RETURNING id`
  await age(followed, 402)
  await age(sold, 402)
  expect(await keptBulkEditRows.isLate(db())).toBe(false)
  expect(await keptBulkEditRows.forget(db())).toEqual({ rows: 0, more: false })
  await db().bulkEdit.update({ where: { id: undo.id }, data: { state: 'cancelled' } })
  await db().priceSchedule.update({ where: { id: sale.id }, data: { state: 'done', endedAt: new Date() } })
  expect(await keptBulkEditRows.isLate(db()), 'the end of the sale counts').toBe(true)
  expect(await keptBulkEditRows.forget(db())).toEqual({ rows: 3, more: false })
  expect([await rowsOf(followed), await rowsOf(sold)]).toEqual([0, 3])
})

it('cancels a preview that was not approved for 30 days', async () => {
  const [old, young] = [await previewed(), await previewed()]
  await age(old, 31)
  await age(young, 29)
  expect(await keptBulkEditRows.forget(db())).toEqual({ rows: 3, more: false })
  expect(await bulkEdit(admin, old)).toMatchObject({
    state: 'cancelled',
    error: expect.stringMatching(/within 30 days/),
  })
  await expect(approveBulkEdit(admin, old, { confirmations: [] })).rejects.toThrow(/This edit is cancelled/)
  expect(await bulkEdit(admin, young)).toMatchObject({ state: 'previewed', rowsForgotten: false })
})
