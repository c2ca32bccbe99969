import { env } from '#lib/platform/env.ts'

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

/**
 * The origins whose pages may sign in and change prices: PUBLIC_URL, and on the developer's own machine
 * the port that the request came in on, since several web instances listen there, and the edge's.
 */
export function trustedOrigins(headers: Headers | undefined): string[] {
  const origins = [new URL(env().PUBLIC_URL).origin]
  const host = headers?.get('host')
  const { EDGE, EDGE_PORT } = env()
  if (EDGE === 'local' || EDGE === 'varnish')
    origins.push(`http://localhost:${EDGE_PORT}`, `http://127.0.0.1:${EDGE_PORT}`)
  if (host && LOOPBACK.test(host)) origins.push(`http://${host}`)
  return origins
}

/**
 * The page that a browser names as the sender, when it is not one of ours. Browsers send `Origin` with
 * every POST; a request without it comes from a program, which no foreign page can make send a cookie.
 */
export function foreignOrigin(headers: Headers): string | undefined {
  const origin = headers.get('origin')
  if (origin !== null) return trustedOrigins(headers).includes(origin) ? undefined : origin
  return headers.get('sec-fetch-site') === 'cross-site' ? 'another site' : undefined
}
