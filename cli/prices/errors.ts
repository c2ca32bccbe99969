/** The exit codes of `npm run prices`: programs decide by them. */
export const EXIT = { done: 0, refused: 1, usage: 2, conflicts: 3 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The command line is not understood. Nothing was sent. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The shop refused, or could not be reached. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  /** The code of the API's answer; absent when there was none. */
  readonly code: string | undefined
  readonly issues: readonly { readonly field: string; readonly message: string }[]

  constructor(message: string, code?: string, issues: RefusedError['issues'] = []) {
    super(message)
    this.code = code
    this.issues = issues
  }
}
