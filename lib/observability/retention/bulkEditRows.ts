/** Deletes rows of bulk edits. It first marks the edit, so that no undo or retry works with only a part of the rows. */
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { Db } from '#lib/platform/db.ts'
import { COUNTED_ROWS } from '#lib/pricing/bulk/apply/rowCounts.ts'
import { BATCH_ROWS, daysAgo, exists, type Kept } from './retentionRules.ts'

const ENDED_DAYS = 400
const PREVIEWED_DAYS = 30
/** Edits in one statement: the rows of each may have to be counted, 50 ms for 100,000. */
const EDITS = 20

const MESSAGE_LEFT = `This preview was not approved within ${PREVIEWED_DAYS} days. Preview it anew.`

/** Ids of edits whose rows nothing needs: no schedule, and no edit that follows and has not ended. @param later days more */
const unneeded = (later: number) => Prisma.sql`
  SELECT e.id FROM bulk_edits e WHERE e.rows_forgotten_at IS NULL AND (
    (e.state = 'previewed' AND e.previewed_at < ${daysAgo(PREVIEWED_DAYS + later)})
    OR (e.state IN ('applied', 'cancelled', 'failed')
      AND GREATEST(e.previewed_at, e.approved_at, e.started_at, e.applied_at) < ${daysAgo(ENDED_DAYS + later)}
      AND NOT EXISTS (SELECT FROM price_schedules s WHERE s.bulk_edit_id = e.id
        AND (s.state IN ('pending', 'running') OR s.ended_at >= ${daysAgo(ENDED_DAYS + later)}))
      AND NOT EXISTS (SELECT FROM bulk_edits f WHERE f.of_id = e.id AND f.state IN ('previewed', 'approved', 'applying'))))
  ORDER BY e.created_at LIMIT ${EDITS}`

const mark = (db: Db) => db.$executeRaw`
  UPDATE bulk_edits e SET rows_forgotten_at = clock_timestamp(), counts = COALESCE(e.counts, ${COUNTED_ROWS}),
    error = CASE e.state WHEN 'previewed' THEN ${MESSAGE_LEFT} ELSE e.error END,
    state = CASE e.state WHEN 'previewed' THEN 'cancelled' ELSE e.state END
  FROM (${unneeded(0)} FOR NO KEY UPDATE OF e SKIP LOCKED) old WHERE e.id = old.id`

/** By the key of each edit: a join could read the whole table to find that there are none. */
const rowsLeft = (markedBefore: Prisma.Sql) => Prisma.sql`
  SELECT r.bulk_edit_id, r.product_id FROM bulk_edits e CROSS JOIN LATERAL (
    SELECT bulk_edit_id, product_id FROM bulk_edit_rows WHERE bulk_edit_id = e.id LIMIT ${BATCH_ROWS}) r
  WHERE e.rows_forgotten_at <= ${markedBefore} LIMIT ${BATCH_ROWS}`

export const keptBulkEditRows: Kept = {
  table: 'bulk_edit_rows',
  days: ENDED_DAYS,
  why: 'counted from the end of the edit; undo, retry and export need them. A preview that is not approved is cancelled after 30 days',
  async forget(db) {
    const edits = await mark(db)
    const rows = await db.$executeRaw`
      DELETE FROM bulk_edit_rows r USING (${rowsLeft(Prisma.sql`clock_timestamp()`)}) old
      WHERE r.bulk_edit_id = old.bulk_edit_id AND r.product_id = old.product_id`
    return { rows, more: edits === EDITS || rows === BATCH_ROWS }
  },
  isLate: async (db) => (await exists(db, unneeded(1))) || exists(db, rowsLeft(daysAgo(1))),
}
