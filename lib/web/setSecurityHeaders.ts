import type { IncomingMessage, ServerResponse } from 'node:http'
import { env } from '#lib/platform/env.ts'
import { securityHeaders } from '#lib/platform/http/securityHeaders.ts'

/** Gives the answer the headers of the policy, before anything else writes to it. */
export function setSecurityHeaders(request: IncomingMessage, response: ServerResponse): void {
  const headers = securityHeaders(request.url ?? '', env().PUBLIC_URL)
  for (const name in headers) response.setHeader(name, headers[name] ?? '')
}
