import { type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { env } from '#lib/platform/env.ts'
import { securityHeaders } from '#lib/platform/http/securityHeaders.ts'

type Given = OutgoingHttpHeaders | OutgoingHttpHeader[]

/**
 * An answer with the headers of the policy, unless something else gives it another one: a document brings a policy of its own. They join
 * the others where the head is written. Set before, each header of a page was checked and kept by itself, for 2 µs of a hit.
 */
export class PolicyResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  /** What was asked for: code on the way may change it. */
  readonly #target: string

  constructor(request: Request) {
    super(request)
    this.#target = request.url ?? ''
  }

  override writeHead(status: number, reason?: string | Given, headers?: Given): this {
    const [text, given] = typeof reason === 'string' ? [reason, headers] : [undefined, reason ?? headers]
    const policy = securityHeaders(this.#target, env().PUBLIC_URL)
    if (this.getHeaderNames().length === 0 && !Array.isArray(given))
      return this.#write(status, text, { ...policy, ...given })
    for (const name in policy) if (!this.hasHeader(name)) this.setHeader(name, policy[name] ?? '')
    return this.#write(status, text, given)
  }

  #write(status: number, text: string | undefined, headers: Given | undefined): this {
    return text === undefined ? super.writeHead(status, headers) : super.writeHead(status, text, headers)
  }
}
