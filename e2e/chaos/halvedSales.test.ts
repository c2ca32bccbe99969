import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { type Ask, commitOf } from '../coherence/bulkCommits.ts'
import { Checker } from '../coherence/checker.ts'
import { query } from '../lease/servers/postgresPair.ts'
import { commitRest, halveSales } from './halvedSales.ts'
import { NOTHING_PROMISED, type Promised, promisesBroken } from './promised.ts'

let catalog: SeededDatabase
const ask: Ask = (text, values) => query<Record<string, unknown>>(catalog.url, text, [...values])

beforeAll(async () => {
  catalog = await seededDatabase(4)
})
afterAll(() => catalog.drop())

const IDS = [1, 2, 3, 4]

/** A sale of four products for half of their price, which is planned, and the amounts below it. */
async function plan(): Promise<Promised['sales'][number]> {
  const [edit] = await query<{ id: string }>(
    catalog.url,
    `INSERT INTO bulk_edits (selection, rules, reason, created_by, state) VALUES ('{}', '[]', 'a sale', 'ada', 'approved') RETURNING id`,
  )
  const editId = edit?.id ?? ''
  const rows = await query<{ id: number; amount: number }>(
    catalog.url,
    `INSERT INTO bulk_edit_rows (bulk_edit_id, product_id, previewed_version, old_amount_cents, new_amount_cents)
     SELECT $1::uuid, product_id, version, amount_cents, amount_cents / 2 FROM prices WHERE product_id = ANY($2)
     RETURNING product_id AS id, old_amount_cents AS amount`,
    [editId, IDS],
  )
  await query(
    catalog.url,
    `INSERT INTO price_schedules (bulk_edit_id, starts_at, ends_at, time_zone, created_by) VALUES ($1::uuid, now(), now() + interval '1 hour', 'UTC', 'ada')`,
    [editId],
  )
  return { editId, bases: new Map(rows.map(({ id, amount }) => [id, amount])), mayBeMissed: false }
}

/** As the shop starts a sale and ends it: one transaction each. */
const start = (editId: string) =>
  query(
    catalog.url,
    `BEGIN;
     SELECT set_config('evergreen.bulk_edit_id', '${editId}', true);
     INSERT INTO sale_prices (sale_id, product_id, amount_cents)
     SELECT s.id, r.product_id, r.new_amount_cents FROM price_schedules s JOIN bulk_edit_rows r USING (bulk_edit_id) WHERE bulk_edit_id = '${editId}';
     UPDATE price_schedules SET state = 'running', started_at = clock_timestamp() WHERE bulk_edit_id = '${editId}';
     COMMIT`,
  )
const end = (editId: string) =>
  query(
    catalog.url,
    `BEGIN;
     SELECT set_config('evergreen.bulk_edit_id', '${editId}', true);
     DELETE FROM sale_prices WHERE sale_id = (SELECT id FROM price_schedules WHERE bulk_edit_id = '${editId}');
     UPDATE price_schedules SET state = 'done', ended_at = clock_timestamp() WHERE bulk_edit_id = '${editId}';
     COMMIT`,
  )

const shownNow = () =>
  query<{ productId: number; version: number; amountCents: number }>(
    catalog.url,
    'SELECT product_id AS "productId", version::int AS version, amount_cents AS "amountCents" FROM prices WHERE product_id = ANY($1)',
    [IDS],
  )

/** A sale from its plan to its end, with a read after its first commit. @returns the invariants that were violated, and what Postgres lacks */
async function sale(between: () => Promise<unknown>): Promise<[string[], string[]]> {
  const checker = new Checker()
  const planned = await plan()
  const { editId } = planned
  const committed = checker.together.begin(IDS)
  expect(await commitOf(ask, editId, 'start')).toBeUndefined()
  await start(editId)
  const read = { client: 'reader', url: '/', instance: '-', start: 1, end: 2, torn: [] }
  checker.read({ ...read, shown: await shownNow() })
  await between()
  const inTime = (await promisesBroken(catalog.url, { ...NOTHING_PROMISED, sales: [planned] })).differences
  expect(inTime).toHaveLength(IDS.length)
  expect(inTime[0]).toContain('Postgres has running, started with')
  await end(editId)
  committed(await commitOf(ask, editId, 'start'))
  expect((await commitOf(ask, editId, 'end'))?.size).toBe(IDS.length)
  const { differences } = await promisesBroken(catalog.url, { ...NOTHING_PROMISED, sales: [planned] })
  return [checker.violations.map(({ invariant }) => invariant), differences]
}

test('a sale that begins and ends with a commit each is whole, and one that begins in halves is found by its readers', async () => {
  expect(await sale(async () => undefined)).toEqual([[], []])
  const stop = await halveSales(catalog.url, false)
  expect(await sale(() => commitRest(catalog.url))).toEqual([['half'], []])
  await stop()
  expect(await sale(async () => undefined)).toEqual([[], []])
})
