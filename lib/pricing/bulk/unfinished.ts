import { db } from '#lib/platform/db.ts'

/** An edit that is being applied at once, in a web process, is not taken over at the first look. */
const GRACE_S = 5

/** @returns ids of edits that are approved, due and not yet applied, the oldest first */
export async function unfinishedBulkEdits(): Promise<string[]> {
  const edits = await db().$queryRaw<{ id: string }[]>`
    SELECT e.id FROM bulk_edits e
    WHERE e.state IN ('approved', 'applying') AND COALESCE(e.started_at, e.approved_at) < clock_timestamp() - make_interval(secs => ${GRACE_S})
      AND NOT EXISTS (SELECT FROM price_schedules s WHERE s.bulk_edit_id = e.id AND s.state = 'pending')
    ORDER BY e.approved_at LIMIT 100`
  return edits.map(({ id }) => id)
}

/** Says on the edit why it does not get on; its end takes that away again. */
export async function noteInterruption(id: string, error: Error): Promise<void> {
  const text = `Interrupted, and tried again: ${error.message}`.slice(0, 500)
  await db().$executeRaw`UPDATE bulk_edits SET error = ${text} WHERE id = ${id}::uuid AND state IN ('approved', 'applying')`
}
