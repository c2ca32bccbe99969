import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { approveBulkEdit, cancelBulkEdit } from '../preview/approveBulkEdit.ts'
import { bulkEdit, bulkEditRows } from '../bulkEdits.ts'
import { selection as selectionSchema } from '../contract.ts'
import { BulkEditStateError } from '../errors.ts'
import { undoBulkEdit } from './followUps.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'
import { retryConflicts } from './retryConflicts.ts'
import { selectionRows } from '../selection/selection.ts'

const admin = person('admin')

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(40)
  await db().price.updateMany({ data: { amountMinor: 100_00, compareAtMinor: null } })
})
afterAll(async () => {
  await bulkQueue().close()
  await stores.close()
})

const cheaper = (added: number[]) =>
  createBulkEdit(
    admin,
    {
      selection: { matching: false, added },
      rules: { amount: { kind: 'percent', percent: '-10', of: 'price' } },
      reason: 'Ten percent less',
    },
    'editor',
  )
/** With everything typed that is asked for. */
async function approved(id: string) {
  const { summary } = await bulkEdit(admin, id)
  return (
    await approveBulkEdit(admin, id, { confirmations: (summary?.confirmations ?? []).map(({ phrase }) => phrase) })
  ).edit
}
const priceOf = async (productId: number) => (await db().price.findUniqueOrThrow({ where: { productId } })).amountMinor
/** Past the application, as another service does. */
const setElsewhere = (productId: number, amountCents: number) =>
  db().price.update({ where: { productId }, data: { amountMinor: amountCents } })

/** The product was changed after the preview, and stays at what it was changed to. */
async function conflicted(productId: number, cents: number): Promise<string> {
  const { id } = await cheaper([productId, productId + 1])
  await setElsewhere(productId, cents)
  expect((await approved(id)).progress).toMatchObject({ applied: 1, conflicts: 1 })
  return id
}

test('a conflict that was retried is not retried again: its rule is applied once, from any of its tries', async () => {
  const id = await conflicted(1, 50_00)
  const [first, second] = [await retryConflicts(admin, id), await retryConflicts(admin, id)]
  await approved(first.id)
  expect(await priceOf(1)).toBe(45_00)
  await expect(retryConflicts(admin, id)).rejects.toThrow(/retried already/)
  // The second was previewed before the first was applied, so it conflicts; and what conflicted in it is done.
  expect((await approved(second.id)).progress).toMatchObject({ applied: 0, conflicts: 1 })
  await expect(retryConflicts(admin, second.id)).rejects.toThrow(/retried already/)
  expect(await priceOf(1)).toBe(45_00)
})

test('a retry that conflicts itself can be retried, from it or from the first edit', async () => {
  const id = await conflicted(3, 50_00)
  const first = await retryConflicts(admin, id)
  await setElsewhere(3, 80_00)
  expect((await approved(first.id)).progress).toMatchObject({ applied: 0, conflicts: 1 })
  const [fromFirst, fromRetry] = [await retryConflicts(admin, id), await retryConflicts(admin, first.id)]
  expect([fromFirst, fromRetry].map(({ summary }) => summary?.changed)).toEqual([1, 1])
  await approved(fromRetry.id)
  expect(await priceOf(3)).toBe(72_00)
  await expect(retryConflicts(admin, id)).rejects.toThrow(/retried already/)
})

test('retries what was refused, alone or with the conflicts, by state and by product', async () => {
  await setElsewhere(30, 1)
  const { id } = await createBulkEdit(
    admin,
    {
      selection: { matching: false, added: [30, 31, 32] },
      rules: { amount: { kind: 'add', cents: -10_00 } },
      reason: 'Ten euros less',
    },
    'editor',
  )
  await setElsewhere(32, 90_00)
  expect((await approved(id)).progress).toMatchObject({ applied: 1, conflicts: 1, refused: 1 })
  await setElsewhere(30, 40_00)
  const rows = async (choice?: Parameters<typeof retryConflicts>[2]) =>
    (await bulkEditRows(admin, (await retryConflicts(admin, id, choice)).id, { offset: 0, limit: 9 })).rows.map(
      ({ productId, newAmountCents }) => [productId, newAmountCents],
    )
  expect(await rows()).toEqual([[32, 80_00]])
  expect(await rows({ states: ['refused'] })).toEqual([[30, 30_00]])
  expect(await rows({ states: ['conflict', 'refused'] })).toEqual([
    [30, 30_00],
    [32, 80_00],
  ])
  await expect(retryConflicts(admin, id, { productIds: [31] })).rejects.toThrow(/nothing to retry/)

  const left = async (state: 'conflict' | 'refused') =>
    (await selectionRows(admin, { selection: selectionSchema.parse({ left: state }), offset: 0, limit: 50 })).rows.map(
      ({ productId }) => productId,
    )
  expect(await left('conflict')).toContain(32)
  expect(await left('refused')).toEqual([30])
  const alone = await retryConflicts(admin, id, { productIds: [30] })
  expect((await approved(alone.id)).progress).toMatchObject({ applied: 1 })
  expect(await priceOf(30)).toBe(30_00)
  expect(await left('refused')).toEqual([])
  expect(await left('conflict')).toContain(32)
})

test('the retry of an undo brings back the price from before, also when it changed again', async () => {
  const { id } = await cheaper([5])
  await approved(id)
  const undo = await undoBulkEdit(admin, id)
  await setElsewhere(5, 70_00)
  expect((await approved(undo.id)).progress).toMatchObject({ conflicts: 1 })
  const retry = await retryConflicts(admin, undo.id)
  await setElsewhere(5, 60_00)
  await approved(retry.id)
  await approved((await retryConflicts(admin, retry.id)).id)
  expect(await priceOf(5)).toBe(100_00)
})

test('of two undos of one edit, previewed at once, one brings the prices back and the other changes nothing', async () => {
  const { id } = await cheaper([6, 7])
  await approved(id)
  const [one, other] = [await undoBulkEdit(admin, id), await undoBulkEdit(admin, id)]
  const done = await Promise.all([approved(one.id), approved(other.id)])
  expect(done.map(({ progress }) => progress.applied).toSorted()).toEqual([0, 2])
  expect([await priceOf(6), await priceOf(7)]).toEqual([100_00, 100_00])
})

test('of two approvals at once one is given, and the prices change once', async () => {
  const { id } = await cheaper([8])
  const results = await Promise.allSettled([approved(id), approved(id), approved(id)])
  expect(results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))).toEqual([
    expect.any(BulkEditStateError),
    expect.any(BulkEditStateError),
  ])
  expect(await priceOf(8)).toBe(90_00)
  expect(await db().priceChange.count({ where: { bulkEditId: id } })).toBe(1)
})

test('of an approval and a cancellation at once, price and rows agree on what was applied', async () => {
  const { id } = await cheaper([9])
  await Promise.allSettled([approved(id), cancelBulkEdit(admin, id)])
  const { state, progress } = await bulkEdit(admin, id)
  // A cancellation that comes after the last row leaves what is applied, and the edit says how much that is.
  if (state === 'applied') expect(progress.applied).toBe(1)
  expect(['applied', 'cancelled']).toContain(state)
  expect(await priceOf(9)).toBe(progress.applied === 1 ? 90_00 : 100_00)
})

test('a preview that another release stored is refused as such when it is approved', async () => {
  const { id } = await cheaper([10])
  await db().bulkEdit.update({ where: { id }, data: { summary: { changed: 1 } } })
  await expect(approved(id)).rejects.toThrow(BulkEditStateError)
  expect(await priceOf(10)).toBe(100_00)
})

test('an undo at the moment at which its edit ends is answered to ask again', async () => {
  const { id } = await cheaper([11])
  await db().bulkEdit.update({ where: { id }, data: { state: 'applying' } })
  let undo: Promise<unknown> = Promise.resolve()
  await stores.database.db.$transaction(async (tx) => {
    await tx.bulkEdit.update({ where: { id }, data: { state: 'applied' } })
    undo = undoBulkEdit(admin, id).catch((error: unknown) => error)
    await expect
      .poll(
        async () =>
          (
            await db().$queryRaw<
              unknown[]
            >`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
          ).length,
      )
      .toBe(1)
  })
  expect(await undo).toBeInstanceOf(BulkEditStateError)
})
