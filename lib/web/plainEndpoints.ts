/** The endpoints that a process answers by itself, in any state of Next. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type CheckedStores, readiness } from '#lib/platform/process/health.ts'
import { metrics } from '#lib/platform/metrics.ts'

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify(body))
}

/**
 * @param stores that `/ready` asks
 * @returns whether the request was one of these
 */
export async function plainEndpoint(
  request: IncomingMessage,
  response: ServerResponse,
  stores: CheckedStores,
): Promise<boolean> {
  switch (request.url) {
    case '/api/health':
    case '/health':
      sendJson(response, 200, { status: 'ok', pid: process.pid })
      return true
    case '/api/ready':
    case '/ready': {
      const { ready, checks } = await readiness(stores)
      sendJson(response, ready ? 200 : 503, { ready, checks })
      return true
    }
    case '/api/metrics':
    case '/metrics':
      response.writeHead(200, { 'Content-Type': metrics().contentType, 'Cache-Control': 'no-store' })
      response.end(await metrics().metrics())
      return true
    default:
      return false
  }
}
