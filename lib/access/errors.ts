/** The refusals of a request. Each has the HTTP status that an API answers with. */

/** There is no session, or it has ended. Signing in again helps. */
export class SignedOutError extends Error {
  override readonly name = 'SignedOutError'
  readonly code = 'signed_out'
  readonly status = 401

  constructor() {
    super('Sign in first: there is no session, or it has ended.')
  }
}

/** The request carries a token that is unknown, revoked or expired. Only another token helps. */
export class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError'
  readonly code = 'invalid_token'
  readonly status = 401

  constructor() {
    super('This API token is unknown, expired or revoked.')
  }
}

/** A token of this name exists, or did: the history names tokens, so that a name means one of them for ever. */
export class TokenNameTakenError extends Error {
  override readonly name = 'TokenNameTakenError'
  readonly code = 'token_name_taken'
  readonly status = 409

  constructor(name: string) {
    super(
      `There is, or was, a token called "${name}". Choose another name: the history of prices identifies tokens by it.`,
    )
  }
}

/** The session is good, but its role lacks the permission. Only another role helps. */
export class MissingPermissionError extends Error {
  override readonly name = 'MissingPermissionError'
  readonly code = 'missing_permission'
  readonly status = 403
  readonly permission: string

  constructor(role: string, permission: string) {
    super(`The role "${role}" does not include "${permission}".`)
    this.permission = permission
  }
}

/** The role asks for a second factor, and the account has none yet. Setting one up helps. */
export class SecondFactorDueError extends Error {
  override readonly name = 'SecondFactorDueError'
  readonly code = 'second_factor_due'
  readonly status = 403
  /** The account of the session, as the audit log names people. */
  readonly actor: string

  constructor({ email, role }: { readonly email: string; readonly role: string }) {
    super(`The role "${role}" asks for a second factor: set one up under My account first.`)
    this.actor = email
  }
}

/** A browser sent the request from a page of another site. */
export class ForeignOriginError extends Error {
  override readonly name = 'ForeignOriginError'
  readonly code = 'foreign_origin'
  readonly status = 403

  constructor(origin: string) {
    super(`Requests from ${origin} are refused. Use the address in PUBLIC_URL.`)
  }
}

/** Whether there is a session is not known: Postgres did not answer. Nothing was done; sending it again helps. */
export class SessionStoreUnavailableError extends Error {
  override readonly name = 'SessionStoreUnavailableError'
  readonly code = 'session_store_unavailable'
  readonly status = 503

  constructor(cause: unknown) {
    super('The database did not answer, so nothing was changed. Try again in a moment.', { cause })
  }
}

export type AccessError =
  | SignedOutError
  | InvalidTokenError
  | MissingPermissionError
  | SecondFactorDueError
  | ForeignOriginError
  | SessionStoreUnavailableError

export function isAccessError(error: unknown): error is AccessError {
  return (
    error instanceof SignedOutError ||
    error instanceof InvalidTokenError ||
    error instanceof MissingPermissionError ||
    error instanceof SecondFactorDueError ||
    error instanceof ForeignOriginError ||
    error instanceof SessionStoreUnavailableError
  )
}
