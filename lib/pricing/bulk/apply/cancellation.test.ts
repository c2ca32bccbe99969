import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { applyBulkEdit } from './applyBulkEdit.ts'
import { cancelBulkEdit } from '../preview/approveBulkEdit.ts'
import { bulkEdit } from '../bulkEdits.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'

const PRODUCTS = 7_000
const admin = person('admin')

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(PRODUCTS)
  // Chunks of different lengths: at no moment is none under way.
  await db().$executeRawUnsafe(
    'CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.2 + random() * 0.4); RETURN NULL; END $$',
  )
  await db().$executeRawUnsafe(
    'CREATE TRIGGER take_time AFTER UPDATE ON prices FOR EACH STATEMENT EXECUTE FUNCTION take_time()',
  )
}, 120_000)
afterAll(() => stores.close())

/** Whether a cancellation has come to Postgres, and waits for the chunks under way. */
async function waits(id: string): Promise<boolean> {
  const rows = await db().$queryRaw<object[]>`
    SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.mode = 'ExclusiveLock' AND l.objsubid = 1
      AND ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended(${id}::text, 0)`
  return rows.length > 0
}

test(
  'a cancellation waits for the chunks under way, and no chunk begins after it was asked for',
  { timeout: 60_000 },
  async () => {
    const { id } = await createBulkEdit(
      admin,
      { selection: {}, rules: { amount: { kind: 'add', cents: 1 }, compareAt: { kind: 'clear' } }, reason: 'One more' },
      'editor',
    )
    await db().bulkEdit.update({ where: { id }, data: { state: 'approved' } })
    const applying = applyBulkEdit(id)
    await expect
      .poll(async () => (await bulkEdit(admin, id)).progress.applied, { interval: 20, timeout: 30_000 })
      .toBeGreaterThan(0)
    const cancelling = cancelBulkEdit(admin, id)
    await expect.poll(() => waits(id), { interval: 5 }).toBe(true)
    const { applied: before } = (await bulkEdit(admin, id)).progress
    const { state, progress } = await cancelling
    await applying
    expect(state).toBe('cancelled')
    // Two are under way when it is asked for.
    expect(progress.applied).toBeLessThanOrEqual(before + 2_000)
    expect((await bulkEdit(admin, id)).progress.applied).toBe(progress.applied)
  },
)
