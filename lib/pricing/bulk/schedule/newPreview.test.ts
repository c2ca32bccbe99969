import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { db } from '#lib/platform/db.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { bulkEdit, bulkEditRows } from '../bulkEdits.ts'
import { BulkEditStateError } from '../errors.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'
import { previewSchedule, replaceScheduledEdit } from './newPreview.ts'
import { cancelSchedule, schedule, scheduleBulkEdit } from './schedules.ts'

const [admin, editor, viewer] = [person('admin'), person('editor'), person('viewer')]
const timeZone = 'Europe/Berlin'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(10)
  await db().price.updateMany({ data: { amountMinor: 100_00, compareAtMinor: null } })
})
afterAll(() => stores.close())

async function planned() {
  const edit = await createBulkEdit(
    editor,
    {
      selection: { matching: false, added: [1, 2] },
      rules: { amount: { kind: 'percent', percent: '5', of: 'price' } },
      reason: 'May',
    },
    'editor',
  )
  const startsAt = Temporal.Now.zonedDateTimeISO(timeZone)
    .add({ hours: 1 })
    .toString({ timeZoneName: 'never', smallestUnit: 'second' })
  return scheduleBulkEdit(editor, edit.id, { startsAt, timeZone, confirmations: [] })
}

test('previews the draft of a pending schedule with the prices of now, and takes it when that is approved', async () => {
  const { id, bulkEditId, startsAt } = await planned()
  await db().price.update({ where: { productId: 1 }, data: { amountMinor: 120_00 } })
  const preview = await previewSchedule(editor, id)
  const { rows } = await bulkEditRows(editor, preview.id, { offset: 0, limit: 9 })
  expect(rows.map(({ productId, newAmountCents }) => [productId, newAmountCents])).toEqual([
    [1, 126_00],
    [2, 105_00],
  ])
  expect(await schedule(editor, id)).toMatchObject({ bulkEditId, state: 'pending' })
  const asked = { bulkEditId: preview.id, confirmations: [], previewedAt: preview.previewedAt }
  await expect(replaceScheduledEdit(viewer, id, asked)).rejects.toBeInstanceOf(MissingPermissionError)

  const replaced = await replaceScheduledEdit(editor, id, asked)
  expect(replaced).toMatchObject({ id, bulkEditId: preview.id, state: 'pending', startsAt })
  expect(await bulkEdit(editor, preview.id)).toMatchObject({ state: 'approved', source: 'schedule' })
  expect(await bulkEdit(editor, bulkEditId)).toMatchObject({ state: 'cancelled' })
  await expect(replaceScheduledEdit(editor, id, asked)).rejects.toBeInstanceOf(BulkEditStateError)
})

test('gives no other preview to a schedule that is cancelled, and leaves the preview as it is', async () => {
  const { id } = await planned()
  const preview = await previewSchedule(editor, id)
  await cancelSchedule(admin, id)
  await expect(previewSchedule(editor, id)).rejects.toBeInstanceOf(BulkEditStateError)
  const late = replaceScheduledEdit(editor, id, { bulkEditId: preview.id, confirmations: [] })
  await expect(late).rejects.toThrow(/only one that has not begun/)
  expect(await bulkEdit(editor, preview.id)).toMatchObject({ state: 'previewed' })
})
