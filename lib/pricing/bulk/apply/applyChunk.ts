/**
 * One chunk of a bulk edit: prices and the state of their rows change in one transaction, which is one statement. A
 * round trip for each step would cost as much as the changes.
 */
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db, runPrepared, type RunStatement } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { LOCK_TIMEOUT_MS, retried } from '../../transaction.ts'
import { passGate } from './chunkGate.ts'

const CHUNK_ROWS = 1_000
/** Seconds after which the jobs of a chunk begin also where the edit has not ended: at most, and a part of the time that delivery may take. */
const PUT_OFF = { mostS: 5, ofBudget: 1 / 4 }

export interface ApplyingEdit {
  readonly id: string
  readonly source: string
  readonly reason: string
  readonly actor: string
  readonly correlationId: string
}

/** Rows of products above `after`, up to `last`. */
export interface Chunk {
  readonly after: number
  readonly last: number
}

export interface AppliedChunk {
  /** The number of pending rows that it found. */
  readonly rows: number
  /** The id of its transaction. */
  readonly xid: string
  readonly changed: readonly { readonly productId: number; readonly version: bigint }[]
}

interface Answer {
  readonly rows: number
  readonly xid: string
  readonly productIds: number[] | null
  readonly versions: (bigint | string)[] | null
}

/** @returns the pending rows of an edit in chunks of CHUNK_ROWS, by product */
export async function chunksOf(id: string): Promise<Chunk[]> {
  const ends = await db().$queryRaw<{ last: number }[]>`
    SELECT max(product_id) AS last FROM (
      SELECT product_id, (row_number() OVER (ORDER BY product_id) - 1) / ${CHUNK_ROWS} AS chunk
      FROM bulk_edit_rows WHERE bulk_edit_id = ${id}::uuid AND state = 'pending') pending
    GROUP BY chunk ORDER BY last`
  return ends.map(({ last }, i) => ({ after: ends[i - 1]?.last ?? 0, last }))
}

/** Actor, reason and source, for the triggers that write the history. Read by them at the end of the statement. */
function settings({ id, actor, reason, source, correlationId }: ApplyingEdit, putOff: boolean): Prisma.Sql {
  const values = Object.entries({
    'evergreen.actor': actor,
    'evergreen.reason': reason,
    'evergreen.source': source,
    'evergreen.correlation_id': correlationId,
    'evergreen.bulk_edit_id': id,
    lock_timeout: `${LOCK_TIMEOUT_MS}ms`,
  })
  const budgetS = env().FRESHNESS_P99_BUDGET_MS / 1_000
  const seconds = putOff ? Math.min(PUT_OFF.mostS, budgetS * PUT_OFF.ofBudget) : null
  return Prisma.sql`${Prisma.join(
    values.map(([name, value]) => Prisma.sql`set_config(${name}, ${value}, true)`),
    ' || ',
  )} || set_config('evergreen.deliver_from', COALESCE((clock_timestamp() + make_interval(secs => ${seconds}))::text, ''), true)`
}

/**
 * Changes the pending rows of a chunk whose base price is the one that the preview saw; the others stay pending. The
 * locks on the edit make a cancellation wait for the chunks that are under way, and no other. Prices are locked in ascending order, as
 * single edits do. A row is written as the trigger of the base price would leave it, which then need not run.
 * @param putOff whether its jobs wait until `deliverNow`, for some seconds at most
 * @throws {PricesBusyError} when another transaction holds a row for more than 5 s; nothing was written
 * @throws {PriceStoreUnavailableError} when Postgres does not answer
 */
export function applyChunk(edit: ApplyingEdit, chunk: Chunk, putOff: boolean): Promise<AppliedChunk> {
  return retried(() => changeChunk(runPrepared, edit, chunk, putOff))
}

/** The same in a transaction of the caller's. */
export async function changeChunk(
  run: RunStatement,
  edit: ApplyingEdit,
  { after, last }: Chunk,
  putOff = false,
): Promise<AppliedChunk> {
  const range = (column: Prisma.Sql) => Prisma.sql`${column} > ${after} AND ${column} <= ${last}`
  const [answer] = await run<Answer>(Prisma.sql`
    WITH edit AS MATERIALIZED (
      SELECT ${settings(edit, putOff)} AS settings FROM (SELECT ${passGate(edit.id)}) gate, bulk_edits WHERE id = ${edit.id}::uuid AND state = 'applying' FOR SHARE OF bulk_edits
    ), next AS MATERIALIZED (
      SELECT r.product_id, r.previewed_version, r.new_amount_cents, r.new_compare_at_cents
      FROM bulk_edit_rows r JOIN prices p ON p.product_id = r.product_id
      WHERE (SELECT count(settings) FROM edit) = 1
        AND r.bulk_edit_id = ${edit.id}::uuid AND r.state = 'pending' AND ${range(Prisma.sql`r.product_id`)} AND ${range(Prisma.sql`p.product_id`)}
      ORDER BY r.product_id FOR NO KEY UPDATE OF p
    ), changed AS (
      UPDATE prices p SET base_amount_cents = n.new_amount_cents, base_compare_at_cents = n.new_compare_at_cents, base_version = p.version + 1,
        amount_cents = CASE WHEN p.sale_id IS NULL THEN n.new_amount_cents ELSE p.amount_cents END,
        compare_at_cents = CASE WHEN p.sale_id IS NULL THEN n.new_compare_at_cents ELSE p.compare_at_cents END
      FROM next n WHERE p.product_id = n.product_id AND ${range(Prisma.sql`p.product_id`)} AND p.base_version <= n.previewed_version
      RETURNING p.product_id, p.version
    ), marked AS (
      UPDATE bulk_edit_rows r SET state = 'applied', applied_version = c.version, message = NULL
      FROM changed c WHERE r.bulk_edit_id = ${edit.id}::uuid AND ${range(Prisma.sql`r.product_id`)} AND r.product_id = c.product_id
      RETURNING r.product_id, r.applied_version
    )
    SELECT (SELECT count(*)::int FROM next) AS rows, pg_current_xact_id()::text AS xid, array_agg(product_id) AS "productIds", array_agg(applied_version) AS versions FROM marked`)
  if (!answer) throw new Error('The database answered without a row.')
  const { rows, xid, productIds, versions } = answer
  return {
    rows,
    xid,
    changed: (productIds ?? []).map((productId, i) => ({ productId, version: BigInt(versions?.[i] ?? 0) })),
  }
}
