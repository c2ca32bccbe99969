import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { runIn, type Transaction } from '../../transaction.ts'
import { applyBulkEdit } from './applyBulkEdit.ts'
import { changeChunk } from './applyChunk.ts'
import { approveBulkEdit, cancelBulkEdit } from '../preview/approveBulkEdit.ts'
import { bulkEdit, bulkEditRows } from '../bulkEdits.ts'
import type { BulkEditView } from '../contract.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'
import { noteInterruption, unfinishedBulkEdits } from './unfinished.ts'

/** More than two chunks, which are applied at once: a worker that stops after them leaves the rest. */
const PRODUCTS = 2_100
const admin = person('admin')

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(PRODUCTS)
  await db().price.updateMany({ data: { compareAtMinor: null } })
})
afterAll(async () => {
  await bulkQueue().close()
  await stores.close()
})
afterEach(async () => {
  await db().$executeRaw`ALTER TABLE prices DROP CONSTRAINT IF EXISTS newer_than_the_preview`
})

const dearer = (added?: number[]) =>
  createBulkEdit(
    admin,
    {
      selection: added ? { matching: false, added } : {},
      rules: { amount: { kind: 'add', cents: 100 } },
      reason: 'One more',
    },
    'editor',
  )
const phrases = ({ summary }: BulkEditView) => (summary?.confirmations ?? []).map(({ phrase }) => phrase)
const amounts = async () =>
  (await db().price.findMany({ orderBy: { productId: 'asc' } })).map(({ amountMinor }) => amountMinor)

describe('a price that another transaction holds', () => {
  test(
    'does not keep an edit from being cancelled, which then has neither a rate nor a reason why it waits',
    { timeout: 60_000 },
    async () => {
      const { id } = await dearer([40, 41])
      const hourAgo = new Date(Date.now() - 3_600_000)
      await db().bulkEdit.update({
        where: { id },
        data: { state: 'approved', approvedAt: hourAgo, startedAt: hourAgo },
      })
      let held: Promise<unknown> = Promise.resolve()
      const release = await new Promise<() => void>((locked) => {
        held = stores.database.db.$transaction(
          async (tx) => {
            await tx.$queryRaw`SELECT 1 FROM prices WHERE product_id = 41 FOR UPDATE`
            await new Promise<void>((done) => locked(done))
          },
          { timeout: 30_000 },
        )
      })
      await noteInterruption(id, new Error('some text of a library'))
      expect((await bulkEdit(admin, id)).error).not.toContain('library')
      expect(await unfinishedBulkEdits()).toEqual([id])
      const waiting = applyBulkEdit(id).catch((error: unknown) => error)
      await expect.poll(async () => (await bulkEdit(admin, id)).state).toBe('applying')
      await expect.poll(unfinishedBulkEdits, { message: 'no sweep takes an edit that a process applies' }).toEqual([])
      const cancelled = await cancelBulkEdit(admin, id)
      expect(cancelled).toMatchObject({ state: 'cancelled', error: null, progress: { applied: 0, rowsPerSecond: 0 } })
      release()
      await Promise.all([held, waiting])
    },
  )
})

describe('an edit of several chunks', () => {
  /** Rows of the outbox that a relay would take now. */
  const due = () =>
    db().$queryRaw<{ correlationId: string; entities: number }[]>`
      SELECT correlation_id AS "correlationId", cardinality(entity_ids) AS entities FROM outbox
      WHERE done_at IS NULL AND (retry_at IS NULL OR retry_at <= clock_timestamp()) ORDER BY id`

  test('has jobs once it has ended, and a worker that stops in between leaves none for good', async () => {
    const edit = await dearer()
    await approveBulkEdit(admin, edit.id, { confirmations: phrases(edit) })
    await db().$executeRaw`UPDATE outbox SET done_at = clock_timestamp() WHERE done_at IS NULL`
    await applyBulkEdit(edit.id, { signal: AbortSignal.abort() })
    expect((await bulkEdit(admin, edit.id)).progress).toMatchObject({ applied: 2_000 })
    expect(await due()).toEqual([])
    const [late] = await db().$queryRaw<{ inS: number }[]>`
      SELECT max(extract(epoch FROM retry_at - created_at))::float8 AS "inS" FROM outbox WHERE done_at IS NULL`
    // Five seconds from the start of the chunk, which a slow machine takes a while for.
    expect(late?.inS).toBeGreaterThan(0)
    expect(late?.inS).toBeLessThan(5.5)
    await applyBulkEdit(edit.id)
    expect((await due()).map(({ entities }) => entities)).toEqual([1_000, 1_000, 100])
  })

  test('marks its rows without a write to an index of them', async () => {
    const edit = await dearer()
    await approveBulkEdit(admin, edit.id, { confirmations: phrases(edit) })
    const updates = (tx: Transaction) =>
      tx.$queryRaw<{ rows: number; inPlace: number }[]>`
        SELECT n_tup_upd::int AS rows, n_tup_hot_upd::int AS "inPlace" FROM pg_stat_xact_user_tables WHERE relname = 'bulk_edit_rows'`
    const marked = await db().$transaction(async (tx) => {
      await tx.bulkEdit.update({ where: { id: edit.id }, data: { state: 'applying' } })
      const context = { ...edit, actor: admin.actor, source: 'editor', correlationId: 'marked' }
      const [before] = await updates(tx)
      await changeChunk(runIn(tx), context, { after: 0, last: 50 })
      const [after] = await updates(tx)
      return { rows: (after?.rows ?? 0) - (before?.rows ?? 0), inPlace: (after?.inPlace ?? 0) - (before?.inPlace ?? 0) }
    })
    expect(marked).toEqual({ rows: 50, inPlace: 50 })
    await cancelBulkEdit(admin, edit.id)
  })
})

describe('a row that Postgres refuses, because a constraint is newer than the preview', () => {
  test('is refused alone and says why; every other row is applied', { timeout: 60_000 }, async () => {
    const edit = await dearer()
    const { rows } = await bulkEditRows(admin, edit.id, { offset: 0, limit: 500 })
    const refused = rows.filter(({ productId }) => [7, 8, 300].includes(productId))
    const list = refused
      .map(({ newAmountCents, productId }) => `(product_id = ${productId} AND amount_cents = ${newAmountCents})`)
      .join(' OR ')
    await db().$executeRawUnsafe(`ALTER TABLE prices ADD CONSTRAINT newer_than_the_preview CHECK (NOT (${list}))`)
    const before = await amounts()
    await approveBulkEdit(admin, edit.id, { confirmations: phrases(edit) })
    await applyBulkEdit(edit.id)
    expect(await bulkEdit(admin, edit.id)).toMatchObject({
      state: 'applied',
      progress: { applied: PRODUCTS - 3, refused: 3, conflicts: 0 },
    })
    const { rows: left } = await bulkEditRows(admin, edit.id, { state: 'refused', offset: 0, limit: 10 })
    expect(left.map(({ productId }) => productId)).toEqual([7, 8, 300])
    expect(left[0]?.message).toMatch(/refuses this price.*newer_than_the_preview/)
    expect(await amounts()).toEqual(before.map((cents, i) => cents + ([7, 8, 300].includes(i + 1) ? 0 : 100)))
    expect(await db().priceChange.count({ where: { bulkEditId: edit.id } })).toBe(PRODUCTS - 3)
  })
})
