/**
 * One chunk of a bulk edit: prices and the state of their rows change in one transaction, which is one statement. A
 * round trip for each step would cost as much as the changes.
 */
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { LOCK_TIMEOUT_MS, retried, type Transaction } from '../../transaction.ts'
import { passGate } from './chunkGate.ts'

const CHUNK_ROWS = 1_000

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
  readonly changed: readonly { readonly productId: number; readonly version: bigint }[]
}

interface Answer {
  readonly rows: number
  readonly productIds: number[] | null
  readonly versions: bigint[] | null
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
function settings({ id, actor, reason, source, correlationId }: ApplyingEdit): Prisma.Sql {
  const values = Object.entries({
    'evergreen.actor': actor,
    'evergreen.reason': reason,
    'evergreen.source': source,
    'evergreen.correlation_id': correlationId,
    'evergreen.bulk_edit_id': id,
    lock_timeout: `${LOCK_TIMEOUT_MS}ms`,
  })
  return Prisma.join(
    values.map(([name, value]) => Prisma.sql`set_config(${name}, ${value}, true)`),
    ' || ',
  )
}

/**
 * Changes the pending rows of a chunk whose base price is the one that the preview saw; the others stay pending. The
 * locks on the edit make a cancellation wait for the chunks that are under way, and no other. Prices are locked in ascending order, as
 * single edits do.
 * @throws {PricesBusyError} when another transaction holds a row for more than 5 s; nothing was written
 * @throws {PriceStoreUnavailableError} when Postgres does not answer
 */
export function applyChunk(edit: ApplyingEdit, chunk: Chunk): Promise<AppliedChunk> {
  return retried(() => changeChunk(db(), edit, chunk))
}

/** The same in a transaction of the caller's. */
export async function changeChunk(
  tx: Pick<Transaction, '$queryRaw'>,
  edit: ApplyingEdit,
  { after, last }: Chunk,
): Promise<AppliedChunk> {
  const range = (column: Prisma.Sql) => Prisma.sql`${column} > ${after} AND ${column} <= ${last}`
  const [answer] = await tx.$queryRaw<Answer[]>`
    WITH edit AS MATERIALIZED (
      SELECT ${settings(edit)} AS settings FROM (SELECT ${passGate(edit.id)}) gate, bulk_edits WHERE id = ${edit.id}::uuid AND state = 'applying' FOR SHARE OF bulk_edits
    ), next AS MATERIALIZED (
      SELECT r.product_id, r.previewed_version, r.new_amount_cents, r.new_compare_at_cents
      FROM bulk_edit_rows r JOIN prices p ON p.product_id = r.product_id
      WHERE (SELECT count(settings) FROM edit) = 1
        AND r.bulk_edit_id = ${edit.id}::uuid AND r.state = 'pending' AND ${range(Prisma.sql`r.product_id`)} AND ${range(Prisma.sql`p.product_id`)}
      ORDER BY r.product_id FOR NO KEY UPDATE OF p
    ), changed AS (
      UPDATE prices p SET base_amount_cents = n.new_amount_cents, base_compare_at_cents = n.new_compare_at_cents
      FROM next n WHERE p.product_id = n.product_id AND ${range(Prisma.sql`p.product_id`)} AND p.base_version <= n.previewed_version
      RETURNING p.product_id, p.version
    ), marked AS (
      UPDATE bulk_edit_rows r SET state = 'applied', applied_version = c.version, message = NULL
      FROM changed c WHERE r.bulk_edit_id = ${edit.id}::uuid AND ${range(Prisma.sql`r.product_id`)} AND r.product_id = c.product_id
      RETURNING r.product_id, r.applied_version
    )
    SELECT (SELECT count(*)::int FROM next) AS rows, array_agg(product_id) AS "productIds", array_agg(applied_version) AS versions FROM marked`
  if (!answer) throw new Error('The database answered without a row.')
  const { rows, productIds, versions } = answer
  return { rows, changed: (productIds ?? []).map((productId, i) => ({ productId, version: versions?.[i] ?? 0n })) }
}
