/** The body of the request cannot be read as what the route takes. */
export class UnreadableBodyError extends Error {
  override readonly name = 'UnreadableBodyError'
  readonly code: 'unsupported_media_type' | 'body_too_large' | 'invalid_json'
  readonly status: number

  constructor(code: UnreadableBodyError['code'], message: string) {
    super(message)
    this.code = code
    this.status = { unsupported_media_type: 415, body_too_large: 413, invalid_json: 400 }[code]
  }
}

/** A parameter or a field of the body is not what the route takes. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError'
  readonly code = 'invalid_request'
  readonly issues: readonly { readonly field: string; readonly message: string }[]

  constructor(issues: InvalidRequestError['issues']) {
    super(issues.map(({ field, message }) => `${field}: ${message}`).join('\n'))
    this.issues = issues
  }
}

/** There is nothing under this id. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError'
  readonly code = 'not_found'

  constructor(what: string) {
    super(`There is no such ${what}.`)
  }
}
