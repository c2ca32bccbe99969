/** Failures of an edge's control interface. */

export type EdgeErrorCode =
  | 'EDGE_UNREACHABLE'
  | 'EDGE_TIMEOUT'
  | 'EDGE_REFUSED'
  | 'EDGE_INVALID'
  | 'EDGE_RATE_LIMITED'
  | 'EDGE_PARTIAL'
  | 'EDGE_NOT_UNDERSTOOD'

export class EdgeError extends Error {
  override readonly name = 'EdgeError'
  readonly code: EdgeErrorCode
  /** Status and the beginning of the body, for the alert. */
  readonly answer: string
  /** Milliseconds that the vendor asks to wait. */
  readonly retryAfterMs: number | undefined
  /** Tags that were not done, when others were. */
  readonly left: readonly string[]

  constructor(
    code: EdgeErrorCode,
    edge: string,
    answer: string,
    more: { cause?: unknown; retryAfterMs?: number | undefined; left?: readonly string[] } = {},
  ) {
    super(`${edge}: ${answer}`, { cause: more.cause })
    this.code = code
    this.answer = answer
    this.retryAfterMs = more.retryAfterMs
    this.left = more.left ?? []
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return this.code !== 'EDGE_REFUSED' && this.code !== 'EDGE_INVALID'
  }
}
