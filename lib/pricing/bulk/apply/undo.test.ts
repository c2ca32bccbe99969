import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { applyBulkEdit } from './applyBulkEdit.ts'
import { approveBulkEdit, cancelBulkEdit } from '../preview/approveBulkEdit.ts'
import { bulkEdit } from '../bulkEdits.ts'
import { BulkEditStateError } from '../errors.ts'
import { undoBulkEdit } from './followUps.ts'
import { retryConflicts } from './retryConflicts.ts'
import { amounts, approvedFor, editElsewhere, expectApplied, rowsOf, sale } from '../../testing/appliedEdits.ts'

const PRODUCTS = 2_300
const editor = person('editor')
const admin = person('admin')

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(PRODUCTS)
})
afterAll(async () => {
  await bulkQueue().close()
  await stores.close()
})
beforeEach(async () => {
  await bulkQueue().obliterate({ force: true })
})

describe('an undo', () => {
  test('restores every row to the cent, compare-at too, and can be undone itself', { timeout: 60_000 }, async () => {
    const before = await amounts()
    const { edit } = await approvedFor(sale)
    await applyBulkEdit(edit.id)
    const between = await amounts()
    expect(between).not.toEqual(before)

    const undo = await undoBulkEdit(admin, edit.id)
    expect(undo).toMatchObject({ kind: 'undo', of: edit.id, state: 'previewed', reason: 'Undo: Autumn sale' })
    await approveBulkEdit(admin, undo.id, {
      confirmations: (undo.summary?.confirmations ?? []).map(({ phrase }) => phrase),
    })
    await applyBulkEdit(undo.id)
    expect(await amounts()).toEqual(before)
    expect((await bulkEdit(editor, edit.id)).undoneBy).toBe(undo.id)
    await expect(undoBulkEdit(admin, edit.id)).rejects.toThrow(/undone already/)

    const redo = await undoBulkEdit(admin, undo.id)
    await approveBulkEdit(admin, redo.id, {
      confirmations: (redo.summary?.confirmations ?? []).map(({ phrase }) => phrase),
    })
    await applyBulkEdit(redo.id)
    expect(await amounts()).toEqual(between)
  })

  test('leaves a price alone that another user changed since, and says so', async () => {
    const { edit } = await approvedFor({
      selection: { matching: false, added: [20, 21] },
      rules: { amount: { kind: 'add', cents: 100 } },
      reason: 'up',
    })
    await editElsewhere(20, 55_55)
    const undo = await undoBulkEdit(admin, edit.id)
    const { edit: done } = await approveBulkEdit(admin, undo.id, { confirmations: [] })
    expect(done.progress).toMatchObject({ applied: 1, conflicts: 1 })
    expect((await db().price.findUnique({ where: { productId: 20 } }))?.amountMinor).toBe(55_55)
  })
})

describe('a cancellation', () => {
  test(
    'stops between two chunks; what is applied can be undone, and the rest retried',
    { timeout: 60_000 },
    async () => {
      const before = await amounts()
      const { edit } = await approvedFor({ ...sale, rules: { amount: { kind: 'add', cents: 300 } } })
      const stop = new AbortController()
      stop.abort()
      await applyBulkEdit(edit.id, { signal: stop.signal })
      const cancelled = await cancelBulkEdit(admin, edit.id)
      expect(cancelled).toMatchObject({ state: 'cancelled', progress: { applied: 2_000 } })
      await applyBulkEdit(edit.id)
      expect((await bulkEdit(editor, edit.id)).progress.applied).toBe(2_000)
      await expectApplied(edit.id)
      await expect(cancelBulkEdit(admin, edit.id)).rejects.toThrow(BulkEditStateError)

      const left = (await rowsOf(edit.id)).filter(({ state }) => state === 'pending').length
      expect(left).toBeGreaterThan(0)
      expect((await retryConflicts(admin, edit.id)).summary).toMatchObject({ rows: left, changed: left })
      const undo = await undoBulkEdit(admin, edit.id)
      await approveBulkEdit(admin, undo.id, {
        confirmations: (undo.summary?.confirmations ?? []).map(({ phrase }) => phrase),
      })
      await applyBulkEdit(undo.id)
      expect(await amounts()).toEqual(before)
    },
  )
})
