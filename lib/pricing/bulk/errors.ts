/** Failures of bulk edits. */

/** One part of a draft that is wrong. */
export interface BulkEditIssue {
  /** As a path into the draft: `rules.floorCents`, `confirmations`. */
  readonly field: string
  readonly message: string
  readonly productId?: number
}

/** The draft, or the approval, is refused as a whole and nothing was written. Sending it again does not help. */
export class BulkEditRefusedError extends Error {
  override readonly name = 'BulkEditRefusedError'
  readonly code = 'bulk_edit_refused'
  readonly retryable = false
  readonly issues: readonly BulkEditIssue[]

  constructor(issues: readonly BulkEditIssue[]) {
    super(issues.map(({ field, message }) => `${field}: ${message}`).join('\n'))
    this.issues = issues
  }
}

/** There is no bulk edit under this id. */
export class BulkEditNotFoundError extends Error {
  override readonly name = 'BulkEditNotFoundError'
  readonly code = 'bulk_edit_not_found'
  readonly retryable = false

  constructor(id: string) {
    super(`There is no bulk edit ${id}.`)
  }
}

/** The edit has moved on: what was asked is not possible in its state. Nothing was written. */
export class BulkEditStateError extends Error {
  override readonly name = 'BulkEditStateError'
  readonly code = 'bulk_edit_state'
  readonly retryable = false
  readonly state: string

  /** @param message what was asked and why it cannot be, such as "This edit is already applied: preview a new one." */
  constructor(state: string, message: string) {
    super(message)
    this.state = state
  }
}

/** @throws {BulkEditStateError} for an edit whose rows are deleted, or about to be */
export function refuseForgotten(state: string, rowsForgotten: boolean): void {
  if (!rowsForgotten) return
  throw new BulkEditStateError(
    state,
    'The rows of this edit are no longer kept: it cannot be undone, retried or exported.',
  )
}

/** There is no schedule under this id. */
export class ScheduleNotFoundError extends Error {
  override readonly name = 'ScheduleNotFoundError'
  readonly code = 'schedule_not_found'
  readonly retryable = false

  constructor(id: string) {
    super(`There is no schedule ${id}.`)
  }
}
