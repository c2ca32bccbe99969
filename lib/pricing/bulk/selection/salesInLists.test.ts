/** Lists, filters and warnings about a price that a sale lies over. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadSearch } from '#lib/catalog/search/search.ts'
import { db } from '#lib/platform/db.ts'
import { changeMeant } from '../../testing/changeMeant.ts'
import { editElsewhere } from '../../testing/appliedEdits.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { endSale, phrases, planSale, previewSale, startSale } from '../../testing/sales.ts'
import { setCosts } from '../../costs.ts'
import { bulkEditRows } from '../bulkEdits.ts'
import { rules, type Selection, selection as selectionSchema } from '../contract.ts'
import { approveBulkEdit } from '../preview/approveBulkEdit.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'
import { selectionRows } from './selection.ts'
import { selectedIds } from './selectionSql.ts'

const admin = person('admin')

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(20)
  await db().price.updateMany({ data: { amountMinor: 100_00, compareAtMinor: null } })
  await loadSearch()
})
afterAll(() => stores.close())

/** In the grid, which an edit follows. */
async function found(filters: Partial<Selection>): Promise<number[]> {
  const selection = selectionSchema.parse(filters)
  const { rows } = await selectionRows(admin, { selection, offset: 0, limit: 50 })
  const ids = rows.map(({ productId }) => productId)
  expect(ids).toEqual(await selectedIds(db(), selection))
  return ids
}

const edit = (productId: number, amountCents: number) =>
  createBulkEdit(
    admin,
    { selection: { matching: false }, cells: [{ productId, amountCents }], reason: 'One price' },
    'editor',
  )

test('filters by amount mean the base price, or on request what the shop shows', async () => {
  const sale = await planSale({ percent: '-20', products: [1, 2] })
  await startSale(sale)
  expect(await found({ maxCents: 90_00 })).toEqual([])
  expect(await found({ maxCents: 90_00, amountOf: 'shown' })).toEqual([1, 2])
  expect(await found({ minCents: 95_00, maxCents: 100_00 })).toContain(1)
  await endSale(sale)
})

test('a sale that starts and ends neither hides what an edit left, nor counts as a change of the base price', async () => {
  const preview = await edit(3, 90_00)
  await editElsewhere(3, 95_00)
  await approveBulkEdit(admin, preview.id, { confirmations: phrases(preview) })
  expect(await found({ left: 'conflict' })).toEqual([3])
  const moment = (await db().$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`)[0]?.now.toISOString()
  const sale = await planSale({ percent: '-20', products: [3, 4] })
  await startSale(sale)
  expect(await found({ left: 'conflict' })).toEqual([3])
  expect(await found({ changedAfter: moment })).toEqual([])
  await endSale(sale)
  expect(await found({ left: 'conflict' })).toEqual([3])
  expect(await found({ changedAfter: moment })).toEqual([])
  expect(await found({ changedBefore: moment })).toContain(4)
  await editElsewhere(4, 99_00)
  expect(await found({ changedAfter: moment })).toEqual([4])
  const later = await edit(3, 91_00)
  await approveBulkEdit(admin, later.id, { confirmations: phrases(later) })
  expect(await found({ left: 'conflict' })).toEqual([])
})

test('a moment between two milliseconds is behind the earlier one', async () => {
  const [changed] = await db().price.findMany({ orderBy: { versionUpdatedAt: 'desc' }, take: 1 })
  const at = changed?.versionUpdatedAt.toISOString() ?? ''
  const finds = async (moment: string) => [
    (await found({ changedAfter: moment })).length,
    (await found({ changedBefore: moment })).length,
  ]
  const [same, later] = [await finds(at.replace('Z', '000Z')), await finds(at.replace('Z', '001Z'))]
  expect(same).toEqual(await finds(at))
  expect(later).not.toEqual(same)
})

test('a base price below that of a sale which runs or is planned is warned of, by the preview and by a single edit', async () => {
  await startSale(await planSale({ percent: '-10', products: [6] }))
  await planSale({ percent: '-10', products: [7] })
  const warned = async (...products: readonly (readonly [number, number])[]) => {
    const cells = products.map(([productId, amountCents]) => ({ productId, amountCents }))
    const made = await createBulkEdit(
      admin,
      { selection: { matching: false }, cells, reason: 'Lower than the sale' },
      'editor',
    )
    const { rows } = await bulkEditRows(admin, made.id, { warning: 'below-sale', offset: 0, limit: 9 })
    return rows.map(({ productId }) => productId)
  }
  expect(await warned([6, 89_99], [7, 89_99], [8, 89_99])).toEqual([6, 7])
  expect(await warned([6, 90_00], [7, 101_00])).toEqual([])
  const over = await previewSale({ percent: '-20', products: [6, 7] })
  const { rows } = await bulkEditRows(admin, over.id, { offset: 0, limit: 9 })
  expect(rows.flatMap(({ warnings }) => warnings)).not.toContain('below-sale')
  const change = (productId: number, amountMinor: number) =>
    changeMeant({ changes: [{ productId, amountMinor }], reason: 'By hand', source: 'editor' }, admin)
  expect((await change(7, 89_99)).results[0]?.message).toContain('asks €90.00, which is more than this base price')
  expect((await change(8, 89_99)).results[0]?.message).toBeUndefined()
})

test('rows of an edit are sorted by their change and by their margin, products by their margin, unknown costs last', async () => {
  await setCosts(admin, [
    { productId: 11, costCents: 50_00 },
    { productId: 12, costCents: 20_00 },
    { productId: 13, costCents: 80_00 },
  ])
  const cells = [
    { productId: 11, amountCents: 120_00 },
    { productId: 12, amountCents: 110_00 },
    { productId: 13, amountCents: 70_00 },
    { productId: 14, amountCents: 90_00 },
  ]
  const made = await createBulkEdit(admin, { selection: { matching: false }, cells, reason: 'Mixed' }, 'editor')
  const sorted = async (sort: 'product' | 'change' | 'margin', direction: 'asc' | 'desc') =>
    (await bulkEditRows(admin, made.id, { sort, direction, offset: 0, limit: 9 })).rows.map(
      ({ productId }) => productId,
    )
  expect(await sorted('change', 'asc')).toEqual([13, 14, 12, 11])
  expect(await sorted('change', 'desc')).toEqual([11, 12, 14, 13])
  expect(await sorted('margin', 'asc')).toEqual([13, 11, 12, 14])
  expect(await sorted('margin', 'desc')).toEqual([12, 11, 13, 14])
  expect(await sorted('product', 'desc')).toEqual([14, 13, 12, 11])
  const selection = selectionSchema.parse({ matching: false, added: [11, 12, 13, 14] })
  const { rows } = await selectionRows(admin, { selection, offset: 0, limit: 9, sort: 'margin', direction: 'desc' })
  expect(rows.map(({ productId }) => productId)).toEqual([12, 11, 13, 14])
})

test('products are sorted by what rules and cells would change of them, those that stay as they are last', async () => {
  const ids = [11, 12, 13, 14, 15]
  await setCosts(admin, [{ productId: 15, costCents: null }])
  const selection = selectionSchema.parse({ matching: false, added: ids })
  const meaning = {
    rules: rules.parse({ amount: { kind: 'cost-plus', percent: '110' } }),
    cells: [{ productId: 14, amountCents: 150_00 }],
  }
  const sorted = async (direction: 'asc' | 'desc', offset = 0, limit = 9) =>
    (await selectionRows(admin, { selection, meaning, sort: 'change', direction, offset, limit })).rows.map(
      ({ productId }) => productId,
    )
  // The cost and more: 105.00, 42.00 and 168.00; typed: 150.00; no cost is known of the last.
  expect(await sorted('asc')).toEqual([12, 11, 14, 13, 15])
  expect(await sorted('desc')).toEqual([13, 14, 11, 12, 15])
  expect(await sorted('desc', 1, 2)).toEqual([14, 11])
})
