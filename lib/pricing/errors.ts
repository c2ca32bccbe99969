import { MissingPermissionError } from '#lib/access/errors.ts'
import type { Confirmation } from './bulk/contract.ts'

/** The faults of one part of a request to change prices. */
export interface PriceChangeIssue {
  /** The part: `changes[0].amountMinor`, `reason`. */
  readonly field: string
  readonly message: string
  /** Absent when the issue is not about one product, or its id could not be read. */
  readonly productId?: number
}

/** The request is refused as a whole and nothing was written. Sending it again does not help. */
export class PriceChangeRefusedError extends Error {
  override readonly name = 'PriceChangeRefusedError'
  readonly code = 'price_change_refused'
  readonly retryable = false
  readonly issues: readonly PriceChangeIssue[]

  constructor(issues: readonly PriceChangeIssue[]) {
    super(issues.map(({ field, message }) => `${field}: ${message}`).join('\n'))
    this.issues = issues
  }
}

/** Prices would move further than the role may move them. Nothing was written; another role can do it. */
export class PriceLimitError extends MissingPermissionError {
  /** One for each change that goes too far: what it is, the limit, the way out. */
  readonly issues: readonly PriceChangeIssue[]

  constructor(role: string, issues: readonly PriceChangeIssue[]) {
    super(role, 'bulk:large')
    this.message = issues[0]?.message ?? this.message
    this.issues = issues
  }
}

/** A change that must be confirmed. */
export interface UnconfirmedChange extends PriceChangeIssue {
  readonly productId: number
  readonly oldMinor: number
  readonly newMinor: number
}

/** Prices would move so far that the principal must confirm it. Nothing was written; the same again with the phrases is. */
export class ConfirmationNeededError extends Error {
  override readonly name = 'ConfirmationNeededError'
  readonly code = 'confirmation_needed'
  readonly retryable = false
  /** The missing permission. */
  readonly confirmations: readonly Confirmation[]
  readonly changes: readonly UnconfirmedChange[]

  constructor(confirmations: readonly Confirmation[], changes: readonly UnconfirmedChange[]) {
    super(confirmations.map(({ phrase }) => `Type "${phrase}" to confirm.`).join(' '))
    this.confirmations = confirmations
    this.changes = changes
  }

  /** As of a request that is refused. */
  get issues(): readonly PriceChangeIssue[] {
    return [
      ...this.confirmations.map(({ phrase }) => ({ field: 'confirmations', message: `Type "${phrase}" to confirm.` })),
      ...this.changes.map(({ field, productId, message }) => ({ field, productId, message })),
    ]
  }
}

/** Another transaction holds one of the rows, or was preferred in a deadlock. Nothing was written; sending it again in a moment helps. */
export class PricesBusyError extends Error {
  override readonly name = 'PricesBusyError'
  readonly code = 'prices_busy'
  readonly retryable = true

  constructor(cause: unknown) {
    super('The prices are busy, nothing was saved. Try again.', { cause })
  }
}

/** Postgres did not answer. Nothing was acknowledged; sending it again with the expected version is safe. */
export class PriceStoreUnavailableError extends Error {
  override readonly name = 'PriceStoreUnavailableError'
  readonly code = 'price_store_unavailable'
  readonly retryable = true

  constructor(cause: unknown) {
    super('The database did not answer. Load the page again to see whether the change was saved.', { cause })
  }
}
