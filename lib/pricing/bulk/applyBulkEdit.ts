import { db } from '#lib/platform/db.ts'
import { advanceIndex, type Acknowledgement } from '../acknowledge.ts'
import { applyChunk, type ApplyingEdit } from './applyChunk.ts'

/** @returns undefined when it is not approved, or its schedule has not begun: there is nothing to apply */
async function begin(id: string): Promise<ApplyingEdit | undefined> {
  const [edit] = await db().$queryRaw<ApplyingEdit[]>`
    UPDATE bulk_edits e SET state = 'applying', started_at = COALESCE(e.started_at, clock_timestamp())
    WHERE e.id = ${id}::uuid AND e.state IN ('approved', 'applying')
      AND NOT EXISTS (SELECT FROM price_schedules s WHERE s.bulk_edit_id = e.id AND s.state = 'pending')
    RETURNING e.id, e.source, e.reason, COALESCE(e.approved_by, e.created_by) AS actor, e.correlation_id AS "correlationId"`
  return edit
}

export interface ApplyOptions {
  /** Stops between two chunks; the rest is applied by whoever calls next. */
  readonly signal?: AbortSignal
}

/**
 * Applies an approved edit, chunk by chunk; each is live on all layers as it commits. It can be killed anywhere and
 * called again, by several processes at once: a row is applied exactly once, because its state changes with its price.
 * @param id of an edit that the caller has found
 * @returns `propagating` when the version index did not take a chunk in time
 * @throws {PricesBusyError} when somebody holds a row for more than 5 s; call again
 * @throws {PriceStoreUnavailableError} when Postgres does not answer; call again
 */
export async function applyBulkEdit(id: string, { signal }: ApplyOptions = {}): Promise<Acknowledgement> {
  const edit = await begin(id)
  return edit ? applyRows(edit, signal) : 'live'
}

async function applyRows(edit: ApplyingEdit, signal: AbortSignal | undefined): Promise<Acknowledgement> {
  let state: Acknowledgement = 'live'
  for (;;) {
    const { done, changed } = await applyChunk(edit)
    if ((await advanceIndex(changed, edit.correlationId)) === 'propagating') state = 'propagating'
    if (done || signal?.aborted) return state
  }
}
