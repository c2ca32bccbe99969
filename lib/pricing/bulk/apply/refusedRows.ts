/**
 * Rows that Postgres refuses although their preview did not: a constraint or a trigger is newer than the preview. One such
 * row must not keep its chunk, and with it the edit, from ever being applied.
 */
import { db } from '#lib/platform/db.ts'
import { refusalOf } from '../../transaction.ts'
import type { ApplyingEdit, Chunk } from './applyChunk.ts'

/** @returns two halves of the rows that are pending in a chunk; undefined when there is only one */
export async function halvesOf(id: string, { after, last }: Chunk): Promise<readonly [Chunk, Chunk] | undefined> {
  const [pending] = await db().$queryRaw<{ rows: number; middle: number | null }[]>`
    SELECT count(*)::int AS rows, (array_agg(product_id ORDER BY product_id))[(count(*) + 1) / 2] AS middle
    FROM bulk_edit_rows WHERE bulk_edit_id = ${id}::uuid AND state = 'pending' AND product_id > ${after} AND product_id <= ${last}`
  if (!pending || pending.middle === null || pending.rows < 2) return undefined
  return [
    { after, last: pending.middle },
    { after: pending.middle, last },
  ]
}

/** @param reason what Postgres says */
export function messageOfRefusal(reason: string): string {
  return `The database refuses this price: ${reason}.`.slice(0, 500)
}

/** The pending row of this chunk stays as it is, and says why. */
export async function refuseRow({ id }: ApplyingEdit, { after, last }: Chunk, error: unknown): Promise<void> {
  const message = messageOfRefusal(refusalOf(error) ?? '')
  await db().$executeRaw`
    UPDATE bulk_edit_rows r SET state = 'refused', message = ${message}
    FROM (SELECT id FROM bulk_edits WHERE id = ${id}::uuid AND state = 'applying' FOR SHARE) e
    WHERE r.bulk_edit_id = e.id AND r.state = 'pending' AND r.product_id > ${after} AND r.product_id <= ${last}`
}
