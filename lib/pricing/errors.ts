/** What can be wrong with one part of a request to change prices. */
export interface PriceChangeIssue {
  /** Which part, as a path into the request: `changes[0].amountCents`, `reason`. */
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

/** Another transaction holds one of the rows. Nothing was written; sending it again in a moment helps. */
export class PricesBusyError extends Error {
  override readonly name = 'PricesBusyError'
  readonly code = 'prices_busy'
  readonly retryable = true

  constructor(cause: unknown) {
    super('These prices are being changed by somebody else right now. Nothing was saved; try again in a moment.', {
      cause,
    })
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
