import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { toWire } from '#lib/money/wire.ts'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { db } from '#lib/platform/db.ts'
import { type SeededDatabase, seededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { person } from '../../testing/principals.ts'
import { newPrice } from './applyRules.ts'
import { approveBulkEdit } from './approveBulkEdit.ts'
import { bulkEdit, bulkEditRows, bulkEdits } from '../bulkEdits.ts'
import { BulkEditNotFoundError, BulkEditRefusedError, BulkEditStateError } from '../errors.ts'
import { createBulkEdit, type DraftInput, dryRun, rePreviewBulkEdit } from './previewBulkEdit.ts'
import { inSnapshot, previewedRows } from './previewRows.ts'
import { readDraft } from './readDraft.ts'

let database: SeededDatabase
beforeAll(async () => {
  database = await seededDatabase(60)
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
  await database.drop()
})

const editor = person('editor')
const sale: DraftInput = {
  selection: {},
  rules: {
    amount: { kind: 'percent', percent: '-15', of: 'price' },
    rounding: { to: '.99', mode: 'down' },
    compareAt: { kind: 'old-price' },
  },
  reason: 'Autumn sale',
}

async function written() {
  const [edits, rows, audited, prices] = await Promise.all([
    db().bulkEdit.count(),
    db().bulkEditRow.count(),
    db().auditEntry.count(),
    db().price.findMany({ orderBy: { productId: 'asc' } }),
  ])
  return { edits, rows, audited, prices: prices.map(toWire) }
}

describe('a preview', () => {
  test('freezes every selected row with its version and the price that the rules say, and changes no price', async () => {
    const before = await written()
    const edit = await createBulkEdit(editor, sale, 'editor')
    const { rows, total } = await bulkEditRows(editor, edit.id, { offset: 0, limit: 500 })
    const rules = readDraft(sale).rules
    expect(total).toBe(60)
    for (const [i, row] of rows.entries()) {
      const price = before.prices[i]
      if (!price) throw new Error('a row too many')
      const said = newPrice(price, rules)
      expect(row).toMatchObject({
        productId: price.productId,
        version: Number(price.version),
        oldAmountCents: price.amountCents,
        oldCompareAtCents: price.compareAtCents,
      })
      if (said.outcome === 'price')
        expect(row).toMatchObject({ newAmountCents: said.amountCents, newCompareAtCents: said.compareAtCents })
    }
    expect(edit).toMatchObject({
      state: 'previewed',
      kind: 'edit',
      source: 'editor',
      createdBy: editor.actor,
      reason: 'Autumn sale',
      progress: { total: 60, applied: 0 },
    })
    expect(edit.summary).toMatchObject({
      rows: 60,
      totals: [
        {
          currency: 'EUR',
          oldCents: rows.filter(({ state }) => state === 'pending').reduce((sum, row) => sum + row.oldAmountCents, 0),
        },
      ],
    })
    expect((await written()).prices).toEqual(before.prices)
  })

  test('marks what would not change as skipped and what has no valid price as refused; the others go on', async () => {
    const [first, second, third] = (await written()).prices
    if (!first || !second || !third) throw new Error('no prices')
    const edit = await createBulkEdit(
      editor,
      {
        selection: { matching: false },
        cells: [
          { productId: first.productId, amountCents: first.amountCents },
          { productId: second.productId, amountCents: 500, compareAtCents: 400 },
          { productId: third.productId, amountCents: third.amountCents - 1 },
        ],
        reason: 'By hand',
      },
      'editor',
    )
    const { rows } = await bulkEditRows(editor, edit.id, { offset: 0, limit: 10 })
    expect(rows.map(({ state, warnings }) => [state, warnings])).toEqual([
      ['skipped', []],
      ['refused', ['refused-compare-at']],
      ['pending', ['on-sale', 'below-lowest']],
    ])
    expect(rows[1]).toMatchObject({
      newAmountCents: second.amountCents,
      newCompareAtCents: second.compareAtCents,
      message: expect.stringContaining('must stay above'),
    })
    expect(edit.summary).toMatchObject({
      rows: 3,
      changed: 1,
      unchanged: 1,
      refused: 1,
      totals: [{ currency: 'EUR', oldCents: third.amountCents, newCents: third.amountCents - 1 }],
    })
  })

  test('can be replaced while it is only previewed, and not once it is approved', async () => {
    const { id } = await createBulkEdit(editor, sale, 'api')
    const again = await rePreviewBulkEdit(editor, id, {
      ...sale,
      selection: { matching: false, added: [7, 8] },
      reason: 'Only two',
    })
    const audited = await db().auditEntry.findMany({ where: { target: `bulk_edit:${id}` }, orderBy: { id: 'asc' } })
    expect(audited.map(({ action, reason, actor }) => [action, reason, actor])).toEqual([
      ['bulk.create', 'Autumn sale', editor.actor],
      ['bulk.change', 'Only two', editor.actor],
    ])
    expect(again).toMatchObject({ id, reason: 'Only two', progress: { total: 2 } })
    expect((await bulkEditRows(editor, id, { offset: 0, limit: 10 })).rows.map(({ productId }) => productId)).toEqual([
      7, 8,
    ])
    await database.db.bulkEdit.update({ where: { id }, data: { state: 'approved' } })
    await expect(rePreviewBulkEdit(editor, id, sale)).rejects.toBeInstanceOf(BulkEditStateError)
    expect(await bulkEdit(editor, id)).toMatchObject({ reason: 'Only two', progress: { total: 2 } })
  })

  test('that is run dry says the same and stores nothing', async () => {
    const before = await written()
    const dry = await dryRun(editor, sale)
    expect(await written()).toEqual(before)
    const stored = await createBulkEdit(editor, sale, 'editor')
    expect(dry.summary).toEqual(stored.summary)
    expect(dry.rows).toEqual((await bulkEditRows(editor, stored.id, { offset: 0, limit: 100 })).rows)
  })

  test('holds prices and versions of one moment, while others write', async () => {
    const draft = readDraft({ ...sale, rules: { amount: { kind: 'add', cents: 1 } } })
    const before = new Map((await written()).prices.map((price) => [price.productId, price]))
    const stop = new AbortController()
    const writing = (async () => {
      // Each write raises every price by one cent, and so every version by one.
      while (!stop.signal.aborted)
        await database.db.$executeRaw`UPDATE prices SET amount_cents = amount_cents + 1, compare_at_cents = NULL`
    })()
    try {
      for (let i = 0; i < 5; i++) {
        const raised = await inSnapshot(async (tx) => {
          const steps: number[] = []
          for await (const chunk of previewedRows(tx, draft, { rows: 1, percent: 1 }, 7)) {
            for (const { productId, previewedVersion, oldAmountCents, newAmountCents } of chunk) {
              const price = before.get(productId)
              steps.push(
                Number(previewedVersion - (price?.version ?? 0n)),
                oldAmountCents - (price?.amountCents ?? 0),
                newAmountCents - 1 - (price?.amountCents ?? 0),
              )
            }
          }
          return steps
        })
        expect(raised).toHaveLength(180)
        expect(new Set(raised).size).toBe(1)
      }
    } finally {
      stop.abort()
      await writing
    }
  })

  test('gives way to an approval that came first, and the approval finds the rows that were seen', async () => {
    const { id } = await createBulkEdit(editor, sale, 'editor')
    const { rows } = await bulkEditRows(editor, id, { offset: 0, limit: 60 })
    const { trying } = await database.db.$transaction(
      async (tx) => {
        await tx.$executeRaw`UPDATE bulk_edits SET state = 'approved' WHERE id = ${id}::uuid`
        const trying = rePreviewBulkEdit(editor, id, { ...sale, selection: { matching: false, added: [1] } }).catch(
          (reason: unknown) => reason,
        )
        await vi.waitFor(
          async () => {
            const [waiting] = await db().$queryRaw<
              { n: bigint }[]
            >`SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
            expect(Number(waiting?.n)).toBe(1)
          },
          { timeout: 10_000 },
        )
        return { trying }
      },
      { timeout: 20_000 },
    )
    expect(await trying).toBeInstanceOf(BulkEditStateError)
    expect((await bulkEditRows(editor, id, { offset: 0, limit: 60 })).rows).toEqual(rows)
  })

  test('that was replaced is not approved by a user of the one before', async () => {
    const seen = await createBulkEdit(editor, { ...sale, selection: { matching: false, added: [1, 2] } }, 'editor')
    await rePreviewBulkEdit(person('admin'), seen.id, { ...sale, selection: { matching: false, added: [3, 4] } })
    const before = await written()
    await expect(
      approveBulkEdit(editor, seen.id, { confirmations: [], previewedAt: seen.previewedAt }),
    ).rejects.toThrow(/previewed anew/)
    expect(await written()).toEqual(before)
    expect(await bulkEdit(editor, seen.id)).toMatchObject({ state: 'previewed' })
  })

  test.each<[string, DraftInput, string]>([
    ['without a product', { ...sale, selection: { matching: false } }, 'selection'],
    ['with a floor above the ceiling', { ...sale, rules: { floorCents: 200, ceilingCents: 100 } }, 'rules.floorCents'],
    [
      'with a product twice',
      {
        ...sale,
        cells: [
          { productId: 1, amountCents: 5 },
          { productId: 1, amountCents: 6 },
        ],
      },
      'cells[1].productId',
    ],
    ['with a price of zero', { ...sale, cells: [{ productId: 1, amountCents: 0 }] }, 'cells[0].amountCents'],
    ['with a SKU that ends with a blank', { ...sale, selection: { skus: ['A-1', 'A-2 '] } }, 'selection.skus[1]'],
    ['without a reason', { ...sale, reason: ' ' }, 'reason'],
  ])('%s is refused, naming the field, and nothing is written', async (_name, draft, field) => {
    const before = await written()
    const error: unknown = await createBulkEdit(editor, draft, 'editor').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(BulkEditRefusedError)
    expect(error).toMatchObject({ issues: [{ field }] })
    expect(await written()).toEqual(before)
  })

  test('is not made by a viewer, and nothing is written', async () => {
    const { id } = await createBulkEdit(editor, sale, 'editor')
    const before = await written()
    const viewer = person('viewer')
    await expect(createBulkEdit(viewer, sale, 'editor')).rejects.toBeInstanceOf(MissingPermissionError)
    await expect(rePreviewBulkEdit(viewer, id, { ...sale, reason: 'Mine' })).rejects.toBeInstanceOf(
      MissingPermissionError,
    )
    await expect(dryRun(viewer, sale)).rejects.toBeInstanceOf(MissingPermissionError)
    expect(await written()).toEqual(before)
    expect(await bulkEdit(viewer, id)).toMatchObject({ reason: 'Autumn sale' })
  })
})

test('edits are listed the newest first; what is no edit is not found', async () => {
  const { id } = await createBulkEdit(editor, { ...sale, reason: 'The newest' }, 'editor')
  const { edits, total } = await bulkEdits(editor, { offset: 0, limit: 2 })
  expect(edits.map((edit) => edit.id)[0]).toBe(id)
  expect(edits).toHaveLength(2)
  expect(total).toBe(await db().bulkEdit.count())
  await expect(bulkEdit(editor, 'none')).rejects.toBeInstanceOf(BulkEditNotFoundError)
  await expect(
    bulkEditRows(editor, '00000000-0000-4000-8000-000000000000', { offset: 0, limit: 1 }),
  ).rejects.toBeInstanceOf(BulkEditNotFoundError)
})
