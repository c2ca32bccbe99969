/** Bulk edits in tests: approving one, and what the catalog must hold after it. */
import { expect } from 'vitest'
import { fromWire, toWire } from '#lib/money/wire.ts'
import { db } from '#lib/platform/db.ts'
import { bulkEditRows } from '../bulk/bulkEdits.ts'
import { approveBulkEdit } from '../bulk/preview/approveBulkEdit.ts'
import { createBulkEdit, type DraftInput } from '../bulk/preview/previewBulkEdit.ts'
import { changeMeant } from './changeMeant.ts'
import { person } from './principals.ts'

const editor = person('editor')
const admin = person('admin')

export const sale: DraftInput = {
  selection: {},
  rules: {
    amount: { kind: 'percent', percent: '-15', of: 'price' },
    rounding: { to: '.99', mode: 'down' },
    compareAt: { kind: 'old-price' },
  },
  reason: 'Autumn sale',
}

/** With the names of the contract, as bulk edits have them. */
export const prices = async () => (await db().price.findMany({ orderBy: { productId: 'asc' } })).map(toWire)
export const amounts = async () =>
  (await prices()).map(({ productId, amountCents, compareAtCents }) => ({ productId, amountCents, compareAtCents }))
export const rowsOf = async (id: string) => {
  const pages = await Promise.all(
    [0, 500, 1_000, 1_500, 2_000].map((offset) => bulkEditRows(editor, id, { offset, limit: 500 })),
  )
  return pages.flatMap(({ rows }) => rows)
}
export const changesOf = (id: string) =>
  db().priceChange.findMany({ where: { bulkEditId: id }, orderBy: { productId: 'asc' } })

/** The catalog holds exactly what the preview said, each row changed once, with its reason in the history. */
export async function expectApplied(id: string): Promise<void> {
  const rows = await rowsOf(id)
  const applied = rows.filter(({ state }) => state === 'applied')
  const now = new Map((await amounts()).map((price) => [price.productId, price]))
  expect(applied.map(({ productId }) => now.get(productId))).toEqual(
    applied.map(({ productId, newAmountCents, newCompareAtCents }) => ({
      productId,
      amountCents: newAmountCents,
      compareAtCents: newCompareAtCents,
    })),
  )
  expect((await changesOf(id)).map(({ productId }) => productId)).toEqual(applied.map(({ productId }) => productId))
}

export async function approvedFor(draft: DraftInput) {
  const edit = await createBulkEdit(admin, draft, 'editor')
  return approveBulkEdit(admin, edit.id, {
    confirmations: (edit.summary?.confirmations ?? []).map(({ phrase }) => phrase),
  })
}

/** The edit of one product by another user. */
export async function editElsewhere(productId: number, amountCents: number): Promise<void> {
  await changeMeant({
    changes: [fromWire({ productId, amountCents, compareAtCents: null })],
    reason: 'elsewhere',
    source: 'editor',
  })
}
