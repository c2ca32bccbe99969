import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { approveBulkEdit, cancelBulkEdit } from '../preview/approveBulkEdit.ts'
import { bulkEdit, bulkEditRows } from '../bulkEdits.ts'
import { ROW_STATES } from '../contract.ts'
import { undoBulkEdit } from './followUps.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'

const admin = person('admin')

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(20)
  await db().price.updateMany({ data: { amountMinor: 100_00, compareAtMinor: null } })
})
afterAll(async () => {
  await bulkQueue().close()
  await stores.close()
})

/** The counts of the view and of pages of rows, and those of the rows. */
async function expectCounted(id: string): Promise<Record<string, number>> {
  const counted = Object.fromEntries(
    (await db().bulkEditRow.groupBy({ by: ['state'], where: { bulkEditId: id }, _count: true })).map(
      ({ state, _count }) => [state, _count],
    ),
  )
  const { applied, conflicts, skipped, refused, total } = (await bulkEdit(admin, id)).progress
  expect({ applied, conflicts, skipped, refused, total }).toEqual({
    applied: counted.applied ?? 0,
    conflicts: counted.conflict ?? 0,
    skipped: counted.skipped ?? 0,
    refused: counted.refused ?? 0,
    total: Object.values(counted).reduce((sum, count) => sum + count, 0),
  })
  for (const state of [undefined, ...ROW_STATES]) {
    const { total: found } = await bulkEditRows(admin, id, { state, offset: 0, limit: 1 })
    expect({ state, found }).toEqual({ state, found: state === undefined ? total : (counted[state] ?? 0) })
  }
  return counted
}

test('the counts of an edit are those of its rows in every state, though only an edit under way is counted', async () => {
  await db().price.update({ where: { productId: 1 }, data: { amountMinor: 90_00 } })
  await db().price.update({ where: { productId: 2 }, data: { amountMinor: 5_00 } })
  const { id, summary } = await createBulkEdit(
    admin,
    {
      selection: {},
      rules: { amount: { kind: 'set', cents: 90_00 } },
      cells: [{ productId: 2, amountCents: 90_00, compareAtCents: 80_00 }],
      reason: 'Ninety',
    },
    'editor',
  )
  expect(await expectCounted(id)).toEqual({ pending: 18, skipped: 1, refused: 1 })
  await db().price.update({ where: { productId: 3 }, data: { amountMinor: 70_00 } })
  await db().bulkEdit.update({ where: { id }, data: { state: 'approved' } })
  await expectCounted(id)
  await db().bulkEdit.update({ where: { id }, data: { state: 'previewed' } })
  await approveBulkEdit(admin, id, { confirmations: (summary?.confirmations ?? []).map(({ phrase }) => phrase) })
  expect(await expectCounted(id)).toEqual({ applied: 17, conflict: 1, skipped: 1, refused: 1 })
  expect((await db().bulkEdit.findUniqueOrThrow({ where: { id } })).counts).toEqual({
    applied: 17,
    conflict: 1,
    skipped: 1,
    refused: 1,
  })

  const undo = await undoBulkEdit(admin, id)
  expect(await expectCounted(undo.id)).toEqual({ pending: 17 })
  await db().bulkEdit.update({ where: { id: undo.id }, data: { state: 'applying' } })
  await expectCounted(undo.id)
  await cancelBulkEdit(admin, undo.id)
  expect(await expectCounted(undo.id)).toEqual({ pending: 17 })
})
