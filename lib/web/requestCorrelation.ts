/** Gives a request that changes something, or that comes with one, a correlation id, in the log and in the answer. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { acceptedCorrelationId, CORRELATION_HEADER, withCorrelation } from '#lib/platform/correlation.ts'
import { logger } from '#lib/platform/logger.ts'

/** A page that is only read has no story to follow, and a microsecond more or less counts there. */
function shouldCorrelate({ method, headers }: IncomingMessage): boolean {
  return (method !== 'GET' && method !== 'HEAD') || headers[CORRELATION_HEADER] !== undefined
}

export function withRequestCorrelation(
  request: IncomingMessage,
  response: ServerResponse,
  handle: () => Promise<void>,
): Promise<void> {
  if (!shouldCorrelate(request)) return handle()
  const id = acceptedCorrelationId(request.headers[CORRELATION_HEADER])
  const started = performance.now()
  response.setHeader(CORRELATION_HEADER, id)
  return withCorrelation(id, () => {
    // Not 'finish': a reader that has found what it looks for leaves before the end.
    response.once('close', () => {
      const { method, url } = request
      const ms = Math.round(performance.now() - started)
      // The listener runs in the context of the socket, not in that of the request.
      logger('web').info({ correlationId: id, method, url, status: response.statusCode, ms }, 'request answered')
    })
    return handle()
  })
}
