/** The result of a bulk edit after any fault: exactly the previewed prices, each made once. */
import { expect } from 'vitest'
import { toWire } from '#lib/money/wire.ts'
import { db } from '#lib/platform/db.ts'
import { approveBulkEdit } from '#lib/pricing/bulk/preview/approveBulkEdit.ts'
import { bulkEdit } from '#lib/pricing/bulk/bulkEdits.ts'
import { createBulkEdit } from '#lib/pricing/bulk/preview/previewBulkEdit.ts'
import { person } from '#lib/pricing/testing/principals.ts'

const admin = person('admin')

/** An edit of every price, approved. @returns its id */
export async function approved(cents: number): Promise<string> {
  const preview = await createBulkEdit(
    admin,
    { selection: {}, rules: { amount: { kind: 'add', cents } }, reason: 'In the middle of an incident' },
    'editor',
  )
  const { state, edit } = await approveBulkEdit(admin, preview.id, {
    confirmations: (preview.summary?.confirmations ?? []).map(({ phrase }) => phrase),
  })
  expect(state).toBe('queued')
  return edit.id
}

/** A chunk takes so long, so that a fault hits the middle of its transaction about as often as the time between two. */
export async function chunksTake(seconds: number): Promise<void> {
  await db().$executeRawUnsafe(
    `CREATE OR REPLACE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(${seconds}); RETURN NULL; END $$`,
  )
  await db().$executeRawUnsafe(
    'CREATE OR REPLACE TRIGGER take_time AFTER UPDATE ON prices FOR EACH STATEMENT EXECUTE FUNCTION take_time()',
  )
}

export const applied = async (id: string) => (await bulkEdit(admin, id)).progress.applied
export const rows = (id: string) =>
  db().bulkEditRow.findMany({ where: { bulkEditId: id }, orderBy: { productId: 'asc' } })
export const changes = (id: string) =>
  db().priceChange.findMany({ where: { bulkEditId: id }, orderBy: [{ productId: 'asc' }, { version: 'asc' }] })
/** Waits until the edit is applied, also while a store is away. */
export const untilApplied = (id: string) =>
  expect
    .poll(
      () =>
        bulkEdit(admin, id).then(
          ({ state }) => state,
          () => 'unknown',
        ),
      { timeout: 60_000, interval: 100 },
    )
    .toBe('applied')
export const untilMoreThan = (id: string, count: number) =>
  expect.poll(() => applied(id).catch(() => 0), { timeout: 30_000, interval: 20 }).toBeGreaterThan(count)

/** The rows got the previewed price, each in one change, from the version that the preview saw. */
export async function expectEachOnce(id: string): Promise<void> {
  const [frozen, made, prices] = [
    await rows(id),
    (await changes(id)).map(toWire),
    (await db().price.findMany()).map(toWire),
  ]
  expect(frozen.filter(({ state }) => state !== 'applied')).toEqual([])
  expect(made.map(({ productId, version, newAmountCents }) => [productId, version, newAmountCents])).toEqual(
    frozen.map(({ productId, previewedVersion, newAmountCents }) => [productId, previewedVersion + 1n, newAmountCents]),
  )
  const now = new Map(prices.map((price) => [price.productId, price]))
  expect(
    frozen.filter(
      ({ productId, newAmountCents, appliedVersion }) =>
        now.get(productId)?.amountCents !== newAmountCents || now.get(productId)?.version !== appliedVersion,
    ),
  ).toEqual([])
}
