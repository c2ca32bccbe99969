import type { Snapshot } from './freshness.ts'

/** Failures of the kernel: each has a stable code, its cause, and whether a retry can help. */
export class FreshnessError extends Error {
  readonly code: 'INDEX_UNAVAILABLE' | 'SOURCE_UNAVAILABLE' | 'LOG_FORGOTTEN' | 'NOT_VERIFIED' | 'NO_TURN'
  readonly retryable: boolean

  constructor(code: FreshnessError['code'], message: string, options: { cause?: unknown; retryable: boolean }) {
    super(message, { cause: options.cause })
    this.name = 'FreshnessError'
    this.code = code
    this.retryable = options.retryable
  }

  /** The answer of the index about the other tags, when only some could not be found out. */
  known: Snapshot | undefined

  knowing(snapshot: Snapshot): this {
    this.known = snapshot
    return this
  }
}

/** Of a source that has taken the place of another one, until T1 of docs/decisions/index-lease.md. */
export function replacedSource(): FreshnessError {
  const message = 'the database has been replaced, and is being raised above what it has lost'
  return new FreshnessError('SOURCE_UNAVAILABLE', message, { retryable: true })
}

/** By its name: Next bundles a copy of this class, and what a process shares throws the other one. */
export function isFreshnessError(error: unknown): error is FreshnessError {
  return error instanceof Error && error.name === 'FreshnessError'
}
