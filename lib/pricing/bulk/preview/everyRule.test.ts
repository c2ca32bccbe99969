/** An apply writes what was previewed, and an undo brings back the prices of before: for rules of every kind, on real stores. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toWire } from '#lib/money/wire.ts'
import { db } from '#lib/platform/db.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import { anyAmount, anyRow, anyRules } from '../../testing/anyRules.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { newPrice } from './applyRules.ts'
import { approveBulkEdit } from './approveBulkEdit.ts'
import { bulkEditRows } from '../bulkEdits.ts'
import type { BulkEditView } from '../contract.ts'
import { undoBulkEdit } from '../apply/followUps.ts'
import { createBulkEdit } from './previewBulkEdit.ts'

const PRODUCTS = 12
const admin = person('admin')

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(PRODUCTS)
})
afterAll(async () => {
  await bulkQueue().close()
  await stores.close()
})

async function amounts() {
  const prices = await db().price.findMany({ orderBy: { productId: 'asc' } })
  return prices.map(toWire).map(({ productId, amountCents, compareAtCents, currency }) => ({
    productId,
    amountCents,
    compareAtCents,
    currency,
  }))
}

async function approve({ id, summary }: BulkEditView): Promise<void> {
  const { edit } = await approveBulkEdit(admin, id, {
    confirmations: summary?.confirmations.map(({ phrase }) => phrase) ?? [],
  })
  expect(edit).toMatchObject({ state: 'applied', progress: { conflicts: 0, applied: summary?.changed ?? -1 } })
}

const anyCell = fc.record(
  { amountCents: anyAmount, compareAtCents: fc.option(anyAmount) },
  { requiredKeys: ['amountCents'] },
)
const anyShelf = fc.array(anyRow, { minLength: PRODUCTS, maxLength: PRODUCTS })
const anyEdit = fc.record({
  shelf: anyShelf,
  rules: anyRules,
  cells: fc.dictionary(fc.integer({ min: 1, max: PRODUCTS }).map(String), anyCell, { maxKeys: 3 }),
})

test(
  'an apply makes exactly the prices of the preview, each row once, and its undo restores every row to the cent',
  { timeout: 120_000 },
  async () => {
    let applied = 0
    await fc.assert(
      fc.asyncProperty(anyEdit, async ({ shelf, rules, cells }) => {
        await db().$transaction(
          shelf.map((price, i) =>
            db().price.update({
              where: { productId: i + 1 },
              data: { amountMinor: price.amountCents, compareAtMinor: price.compareAtCents },
            }),
          ),
        )
        const before = await amounts()
        const edit = await createBulkEdit(
          admin,
          {
            selection: {},
            rules,
            cells: Object.entries(cells).map(([id, cell]) => ({ productId: Number(id), ...cell })),
            reason: 'Any rule',
          },
          'api',
        )
        const { rows } = await bulkEditRows(admin, edit.id, { offset: 0, limit: PRODUCTS })
        const expected = before.map((price) => {
          const said = newPrice(price, rules, cells[String(price.productId)])
          return said.outcome === 'price'
            ? { ...price, amountCents: said.amountCents, compareAtCents: said.compareAtCents }
            : price
        })
        expect(
          rows.map(({ productId, newAmountCents, newCompareAtCents, currency }) => ({
            productId,
            amountCents: newAmountCents,
            compareAtCents: newCompareAtCents,
            currency,
          })),
        ).toEqual(expected)
        if (edit.summary?.changed === 0) return
        await approve(edit)
        applied += 1
        expect(await amounts()).toEqual(expected)
        const history = await db().priceChange.findMany({
          where: { bulkEditId: edit.id },
          orderBy: { productId: 'asc' },
        })
        expect(history.map(({ productId }) => productId)).toEqual(
          rows.filter(({ state }) => state === 'pending').map(({ productId }) => productId),
        )
        await approve(await undoBulkEdit(admin, edit.id))
        expect(await amounts()).toEqual(before)
      }),
      { numRuns: 40 },
    )
    expect(applied).toBeGreaterThan(10)
  },
)
