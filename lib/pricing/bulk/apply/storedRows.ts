/** Rows of an edit as they were frozen and applied, a chunk at a time. */
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { RowState } from '../contract.ts'

const CHUNK = 5_000

export interface EditRow {
  readonly productId: number
  readonly oldAmountCents: number
  readonly newAmountCents: number
  readonly oldCompareAtCents: number | null
  readonly newCompareAtCents: number | null
  readonly appliedVersion: bigint | null
}

export function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += CHUNK) yield all.slice(at, at + CHUNK)
}

/** In ascending order of product. @param only a further condition on the row `r` */
export async function* rowsOf(
  tx: Prisma.TransactionClient,
  id: string,
  states: readonly RowState[],
  only = Prisma.sql`true`,
): AsyncGenerator<EditRow[]> {
  let after = 0
  for (;;) {
    const rows = await tx.$queryRaw<EditRow[]>`
      SELECT product_id AS "productId", old_amount_cents AS "oldAmountCents", new_amount_cents AS "newAmountCents",
             old_compare_at_cents AS "oldCompareAtCents", new_compare_at_cents AS "newCompareAtCents", applied_version AS "appliedVersion"
      FROM bulk_edit_rows r WHERE bulk_edit_id = ${id}::uuid AND state::text = ANY(${[...states]}::text[]) AND product_id > ${after} AND ${only}
      ORDER BY product_id LIMIT ${CHUNK}`
    const last = rows.at(-1)
    if (!last) return
    yield rows
    after = last.productId
  }
}
