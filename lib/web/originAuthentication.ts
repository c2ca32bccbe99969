/**
 * Refuses requests before a web instance reads them: requests for metrics without a secret, and, behind an edge, every
 * request from another machine that bypassed the edge. The limits and checks of the edge would not hold for such a
 * request.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { env } from '#lib/platform/env.ts'
import { isOfThisMachine, type Asker } from '#lib/platform/http/clientAddress.ts'
import { hasInternalSecret, INTERNAL_SECRET_HEADER } from '#lib/platform/http/internalSecret.ts'

/** The local edge never leaves this machine: where HOST opens the shop to others, that is on purpose. */
const OPEN = new Set(['none', 'local'])
const FOR_METRICS = 'Metrics are read with METRICS_TOKEN: Authorization: Bearer …'
const METRICS = new Set(['/api/metrics', '/metrics'])
/** For a load balancer, which has no secret. */
const HEALTH = new Set(['/api/health', '/api/ready', '/health', '/ready'])

const digest = (text: string) => createHash('sha256').update(text).digest()

function hasMetricsToken(header: string | undefined): boolean {
  const token = env().METRICS_TOKEN
  return token !== undefined && timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`))
}

function refusalOf({ url = '', headers }: IncomingMessage, asker: Asker): string | undefined {
  const path = url.split('?', 1)[0] ?? ''
  const isOurs = () => hasInternalSecret(headers[INTERNAL_SECRET_HEADER])
  if (METRICS.has(path)) return isOurs() || hasMetricsToken(headers.authorization) ? undefined : FOR_METRICS
  if (OPEN.has(env().EDGE) || asker !== 'network' || HEALTH.has(path) || isOurs()) return undefined
  return 'This address is asked through its edge only.'
}

/** For a process that only others of this machine ask: its metrics are for them, and for a collector elsewhere with the token. */
export function refuseMetrics(request: IncomingMessage, response: ServerResponse): boolean {
  const { url = '', headers } = request
  if (!METRICS.has(url.split('?', 1)[0] ?? '') || isOfThisMachine(request) || hasMetricsToken(headers.authorization))
    return false
  response
    .writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
    .end(`${FOR_METRICS}\n`)
  return true
}

/** @param asker as `ClientAddresses` settled it @returns whether the request was refused, and so answered */
export function refuseAtOrigin(request: IncomingMessage, response: ServerResponse, asker: Asker): boolean {
  const refusal = refusalOf(request, asker)
  if (refusal === undefined) return false
  response
    .writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
    .end(`${refusal}\n`)
  return true
}
