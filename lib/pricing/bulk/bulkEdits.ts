/** Bulk edits and their rows, as the database has them now. */
import { z } from 'zod'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { matchesText } from '../matchesText.ts'
import {
  type BulkEditView,
  MAX_PAGE_ROWS,
  type PreviewRow,
  type RowSort,
  type RowState,
  type RowWarning,
} from './contract.ts'
import { type StoredEdit, viewOf } from './editView.ts'
import { BulkEditNotFoundError, refuseForgotten } from './errors.ts'
import type { FrozenRow } from './preview/frozenRows.ts'
import { ROW_COUNTS } from './apply/rowCounts.ts'

/** @throws {BulkEditNotFoundError} when it cannot be the id of an edit */
export function editId(id: string): string {
  const uuid = z.uuid().safeParse(id)
  if (!uuid.success) throw new BulkEditNotFoundError(id)
  return uuid.data
}

const EDIT = Prisma.sql`
  e.id, e.state::text AS state, e.kind::text AS kind, e.source, e.reason, e.created_by AS "createdBy", e.approved_by AS "approvedBy",
  e.created_at AS "createdAt", e.previewed_at AS "previewedAt", e.started_at AS "startedAt", e.applied_at AS "appliedAt",
  e.summary, e.of_id AS of, e.error, e.rows_forgotten_at IS NOT NULL AS "rowsForgotten", clock_timestamp() AS now,
  (SELECT u.id FROM bulk_edits u WHERE u.of_id = e.id AND u.kind = 'undo' AND u.state IN ('approved', 'applying', 'applied')
   ORDER BY u.created_at DESC LIMIT 1) AS "undoneBy",
  ${ROW_COUNTS} AS counts`

/** @throws {BulkEditNotFoundError} */
export async function bulkEdit(principal: Principal, id: string): Promise<BulkEditView> {
  assertMay(principal, 'bulk:read')
  const [edit] = await db().$queryRaw<StoredEdit[]>`SELECT ${EDIT} FROM bulk_edits e WHERE e.id = ${editId(id)}::uuid`
  if (!edit) throw new BulkEditNotFoundError(id)
  return viewOf(principal, edit)
}

export interface Page {
  /** From 0. */
  readonly offset: number
  readonly limit: number
}

const MAX_EDITS = 100

/** The newest first. */
export async function bulkEdits(
  principal: Principal,
  { offset, limit }: Page,
): Promise<{ edits: BulkEditView[]; total: number }> {
  assertMay(principal, 'bulk:read')
  const [total, edits] = await Promise.all([
    db().bulkEdit.count(),
    db().$queryRaw<StoredEdit[]>`
      SELECT ${EDIT} FROM bulk_edits e WHERE e.id IN (
        SELECT id FROM bulk_edits ORDER BY created_at DESC, id LIMIT ${Math.min(limit, MAX_EDITS)} OFFSET ${offset})
      ORDER BY e.created_at DESC, e.id`,
  ])
  return { total, edits: edits.map((edit) => viewOf(principal, edit)) }
}

type StoredRow = Omit<PreviewRow, 'version'> & { readonly version: bigint }

const ROW = Prisma.sql`
  r.product_id AS "productId", p.sku, p.name, p.slug, r.previewed_version AS version, pr.currency,
  r.old_amount_cents AS "oldAmountCents", r.new_amount_cents AS "newAmountCents",
  r.old_compare_at_cents AS "oldCompareAtCents", r.new_compare_at_cents AS "newCompareAtCents", pr.cost_cents AS "costCents",
  r.state::text AS state, r.warnings, r.message`

/** The page is cut first, then joined: with 100,000 rows in an edit, the order of the two decides. */
async function readRows(page: Prisma.Sql, order = Prisma.sql`r.product_id`): Promise<PreviewRow[]> {
  const rows = await db().$queryRaw<StoredRow[]>`
    SELECT ${ROW} FROM (${page}) r JOIN products p ON p.id = r.product_id JOIN prices pr ON pr.product_id = p.id ORDER BY ${order}`
  return rows.map((row) => ({ ...row, version: Number(row.version) }))
}

export interface RowFilter extends Page {
  readonly state?: RowState | undefined
  readonly warning?: RowWarning | undefined
  /** As the search of products reads it. */
  readonly text?: string | undefined
  readonly sort?: RowSort | undefined
  readonly direction?: 'asc' | 'desc' | undefined
}

/** The order of the rows `r` and their prices `pr`. The product decides between equals. */
const ROW_ORDER: Readonly<Record<RowSort, Prisma.Sql>> = {
  product: Prisma.sql`r.product_id`,
  change: Prisma.sql`(r.new_amount_cents - r.old_amount_cents)::float8 / r.old_amount_cents`,
  margin: Prisma.sql`(r.new_amount_cents - pr.cost_cents)::float8 / r.new_amount_cents`,
}

function orderOf({ sort = 'product', direction = 'asc' }: RowFilter): Prisma.Sql {
  return direction === 'asc'
    ? Prisma.sql`${ROW_ORDER[sort]} NULLS LAST, r.product_id`
    : Prisma.sql`${ROW_ORDER[sort]} DESC NULLS LAST, r.product_id DESC`
}

/** Rows in all states, or in one: the edit has their numbers, except while it is applied. @param where what finds them */
function countedRows(uuid: string, state: RowState | undefined, where: Prisma.Sql) {
  return db().$queryRaw<{ total: bigint }[]>`
    SELECT CASE WHEN e.state = 'applying' THEN (SELECT count(*) FROM bulk_edit_rows r ${where}) ELSE (
      SELECT COALESCE(sum(counted.value::int), 0)::bigint FROM jsonb_each_text(${ROW_COUNTS}) counted
      WHERE counted.key = COALESCE(${state ?? null}, counted.key)) END AS total FROM bulk_edits e WHERE e.id = ${uuid}::uuid`
}

/**
 * Rows of an edit, in the order of their products unless sorted.
 * @throws {BulkEditNotFoundError}
 * @throws {BulkEditStateError} when they are no longer kept
 */
export async function bulkEditRows(
  principal: Principal,
  id: string,
  filter: RowFilter,
): Promise<{ rows: PreviewRow[]; total: number }> {
  assertMay(principal, 'bulk:read')
  const uuid = editId(id)
  const conditions = [Prisma.sql`r.bulk_edit_id = ${uuid}::uuid`]
  if (filter.state !== undefined) conditions.push(Prisma.sql`r.state = ${filter.state}::bulk_edit_row_state`)
  if (filter.warning !== undefined) conditions.push(Prisma.sql`${filter.warning} = ANY(r.warnings)`)
  const text = filter.text?.trim() ?? ''
  if (text !== '') conditions.push(await matchesText(text))
  const joined = text === '' ? Prisma.empty : Prisma.sql`JOIN products p ON p.id = r.product_id`
  const where = Prisma.sql`WHERE ${Prisma.join(conditions, ' AND ')}`
  const order = orderOf(filter)
  const priced = filter.sort === 'margin' ? Prisma.sql`JOIN prices pr ON pr.product_id = r.product_id` : Prisma.empty
  const page = Prisma.sql`SELECT r.* FROM bulk_edit_rows r ${joined} ${priced} ${where} ORDER BY ${order} LIMIT ${Math.min(filter.limit, MAX_PAGE_ROWS)} OFFSET ${filter.offset}`
  const isCounted = filter.warning === undefined && text === ''
  const [edit, count, rows] = await Promise.all([
    db().bulkEdit.findUnique({ where: { id: uuid }, select: { state: true, rowsForgottenAt: true } }),
    isCounted
      ? countedRows(uuid, filter.state, where)
      : db().$queryRaw<{ total: bigint }[]>`SELECT count(*) AS total FROM bulk_edit_rows r ${joined} ${where}`,
    readRows(page, order),
  ])
  if (!edit) throw new BulkEditNotFoundError(id)
  refuseForgotten(edit.state, edit.rowsForgottenAt !== null)
  return { rows, total: Number(count[0]?.total ?? 0) }
}

/** The next rows of an edit, behind a product: how a file walks through it without counting from its start each time. */
export async function editRowsAfter(uuid: string, productId: number, limit: number): Promise<PreviewRow[]> {
  return readRows(Prisma.sql`SELECT r.* FROM bulk_edit_rows r
    WHERE r.bulk_edit_id = ${uuid}::uuid AND r.product_id > ${productId} ORDER BY r.product_id LIMIT ${limit}`)
}

/** Rows that are not stored, with what the catalog says about their products. */
export async function previewRowsOf(tx: Prisma.TransactionClient, frozen: readonly FrozenRow[]): Promise<PreviewRow[]> {
  const products = await tx.product.findMany({
    where: { id: { in: frozen.map(({ productId }) => productId) } },
    select: { id: true, sku: true, name: true, slug: true, price: { select: { currency: true, costMinor: true } } },
  })
  const byId = new Map(products.map((product) => [product.id, product]))
  return frozen.flatMap(({ previewedVersion, ...row }) => {
    const product = byId.get(row.productId)
    if (!product?.price) return []
    const { sku, name, slug, price } = product
    return [
      {
        ...row,
        sku,
        name,
        slug,
        currency: price.currency,
        costCents: price.costMinor,
        version: Number(previewedVersion),
      },
    ]
  })
}
