import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import { priceStores, type PriceStores } from '../testing/priceStores.ts'
import { person } from '../testing/principals.ts'
import { approveBulkEdit, cancelBulkEdit } from './preview/approveBulkEdit.ts'
import { undoBulkEdit } from './apply/followUps.ts'
import { createBulkEdit } from './preview/previewBulkEdit.ts'
import { retryConflicts } from './apply/retryConflicts.ts'
import { cancelSchedule, scheduleBulkEdit, updateSchedule } from './schedule/schedules.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(10)
})
afterAll(async () => {
  await bulkQueue().close()
  await stores.close()
})

const editor = person('editor')
const nothingTyped = { confirmations: [] }
const preview = (ids: number[]) =>
  createBulkEdit(
    editor,
    {
      selection: { matching: false, added: ids },
      rules: { amount: { kind: 'add', cents: 1 }, compareAt: { kind: 'clear' } },
      reason: 'A cent more',
    },
    'editor',
  )
const actionsOn = async (target: string) =>
  (await db().auditEntry.findMany({ where: { target }, orderBy: { id: 'asc' } })).map(({ action, actor, via }) => [
    action,
    actor,
    via,
  ])
const by = (...actions: string[]) => actions.map((action) => [action, editor.actor, 'session'])

test('the audit log holds every decision on a bulk edit with its principal, and no refused one', async () => {
  const one = await preview([1, 2])
  await db().price.update({ where: { productId: 2 }, data: { amountMinor: { increment: 7 }, compareAtMinor: null } })
  await approveBulkEdit(editor, one.id, nothingTyped)
  await expect(approveBulkEdit(editor, one.id, nothingTyped)).rejects.toThrow(/already|applied/)
  await retryConflicts(editor, one.id)
  await undoBulkEdit(editor, one.id)
  await expect(cancelBulkEdit(editor, one.id)).rejects.toThrow(/nothing to cancel/)
  await expect(undoBulkEdit(person('viewer'), one.id)).rejects.toThrow(/viewer/)
  expect(await actionsOn(`bulk_edit:${one.id}`)).toEqual(by('bulk.create', 'bulk.approve', 'bulk.retry', 'bulk.undo'))

  const two = await preview([3])
  await cancelBulkEdit(editor, two.id)
  expect(await actionsOn(`bulk_edit:${two.id}`)).toEqual(by('bulk.create', 'bulk.cancel'))
})

test('so is a schedule: made, moved and taken back', async () => {
  const { id: edit } = await preview([4])
  const { id } = await scheduleBulkEdit(editor, edit, {
    ...nothingTyped,
    startsAt: '2090-03-01T09:00',
    endsAt: '2090-03-02T09:00',
    timeZone: 'Europe/Berlin',
  })
  await updateSchedule(editor, id, { startsAt: '2090-03-03T09:00', timeZone: 'Europe/Berlin' })
  await cancelSchedule(editor, id)
  expect(await actionsOn(`bulk_edit:${edit}`)).toEqual(by('bulk.create', 'bulk.approve'))
  expect(await actionsOn(`schedule:${id}`)).toEqual(by('schedules.create', 'schedules.change', 'schedules.cancel'))
})
