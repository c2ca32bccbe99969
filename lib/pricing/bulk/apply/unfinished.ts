import { db } from '#lib/platform/db.ts'
import { PricesBusyError, PriceStoreUnavailableError } from '../../errors.ts'
import { IS_UNDER_WAY } from './chunkGate.ts'
import { HAS_SCHEDULE } from '../schedule/dueEdits.ts'

/** An edit that is being applied at once, in a web process, is not taken over at the first look. */
const GRACE_S = 5

/** @returns ids of edits that are approved, and that no process applies at this moment, the oldest first */
export async function unfinishedBulkEdits(): Promise<string[]> {
  const edits = await db().$queryRaw<{ id: string }[]>`
    SELECT e.id FROM bulk_edits e
    WHERE e.state IN ('approved', 'applying') AND COALESCE(e.started_at, e.approved_at) < clock_timestamp() - make_interval(secs => ${GRACE_S})
      AND NOT ${HAS_SCHEDULE} AND NOT ${IS_UNDER_WAY}
    ORDER BY e.approved_at LIMIT 100`
  return edits.map(({ id }) => id)
}

/** In words for the user of the edit; the log has the error itself. */
function reasonOf(error: Error): string {
  if (error instanceof PricesBusyError) return 'another edit is changing some of these prices right now.'
  if (error instanceof PriceStoreUnavailableError) return 'the database did not answer.'
  return 'something went wrong that the log of the worker names.'
}

/** Says on the edit why it does not get on; its end takes that away again. */
export async function noteInterruption(id: string, error: Error): Promise<void> {
  const text = `Interrupted, and tried again: ${reasonOf(error)}`
  await db()
    .$executeRaw`UPDATE bulk_edits SET error = ${text} WHERE id = ${id}::uuid AND state IN ('approved', 'applying')`
}
