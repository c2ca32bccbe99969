/** An edit as the editor, the API and the event stream show it. */
import { bulkLimitsOf } from '#lib/access/permissions.ts'
import type { Principal } from '#lib/access/principal.ts'
import { confirmationsFor } from './preview/confirmations.ts'
import type { BulkEditState, BulkEditView, PreviewSummary, Progress, RowState } from './contract.ts'
import { storedSummary } from './preview/summary.ts'

/** The columns that the statement in bulkEdits.ts reads of an edit. */
export interface StoredEdit {
  readonly id: string
  readonly state: BulkEditState
  readonly kind: BulkEditView['kind']
  readonly source: BulkEditView['source']
  readonly reason: string
  readonly createdBy: string
  readonly approvedBy: string | null
  readonly createdAt: Date
  readonly previewedAt: Date
  readonly startedAt: Date | null
  readonly appliedAt: Date | null
  readonly summary: unknown
  readonly of: string | null
  readonly undoneBy: string | null
  readonly error: string | null
  readonly rowsForgotten: boolean
  /** Rows in each state; a state without rows is absent. */
  readonly counts: Partial<Record<RowState, number>>
  /** The clock of the database. */
  readonly now: Date
}

function progressOf({ counts, state, startedAt, appliedAt, now }: StoredEdit): Progress {
  const { pending = 0, applied = 0, conflict: conflicts = 0, skipped = 0, refused = 0 } = counts
  const seconds = startedAt === null ? 0 : ((appliedAt ?? now).getTime() - startedAt.getTime()) / 1_000
  const runs = state === 'applying' || state === 'applied' // one that was stopped has no rate any more
  const rowsPerSecond = runs && seconds > 0 ? Math.round((applied + conflicts) / seconds) : 0
  const secondsLeft =
    state === 'applied' ? 0 : state === 'applying' && rowsPerSecond > 0 ? Math.ceil(pending / rowsPerSecond) : null
  return {
    total: pending + applied + conflicts + skipped + refused,
    applied,
    conflicts,
    skipped,
    refused,
    rowsPerSecond,
    secondsLeft,
  }
}

/** The stored counts, with what this reader would have to type. */
function summaryFor(principal: Principal, stored: unknown): PreviewSummary | null {
  const summary = storedSummary.safeParse(stored).data
  return summary ? { ...summary, confirmations: confirmationsFor(summary, bulkLimitsOf(principal.role)) } : null
}

export function viewOf(principal: Principal, edit: StoredEdit): BulkEditView {
  const { id, state, kind, source, reason, createdBy, approvedBy, of, undoneBy, error, rowsForgotten } = edit
  return {
    id,
    state,
    kind,
    source,
    reason,
    createdBy,
    approvedBy,
    of,
    undoneBy,
    error,
    rowsForgotten,
    createdAt: edit.createdAt.toISOString(),
    previewedAt: edit.previewedAt.toISOString(),
    appliedAt: edit.appliedAt?.toISOString() ?? null,
    summary: summaryFor(principal, edit.summary),
    progress: progressOf(edit),
  }
}
