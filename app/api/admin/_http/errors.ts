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
