/** The HTTP server of workers and prober: health, metrics, and what the process adds. Shoppers do not reach it. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { env } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import type { CheckedStores } from '#lib/platform/process/health.ts'
import { onShutdown } from '#lib/platform/process/shutdown.ts'
import { refuseMetrics } from './originAuthentication.ts'
import { plainEndpoint } from './plainEndpoints.ts'
import { PolicyResponse } from './policyResponse.ts'

/**
 * Listens until the process stops. What is unknown is answered with 404.
 * @param name of the process, for its log
 * @param stores that `/ready` asks
 * @param also answers what is its own: @returns whether it does
 * @throws when the port is taken
 */
export async function startOperatorServer(
  name: string,
  port: number,
  stores: CheckedStores,
  also: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<void> {
  const server = createServer({ ServerResponse: PolicyResponse }, (request, response) => {
    if (refuseMetrics(request, response) || also(request, response)) return
    plainEndpoint(request, response, stores)
      .then((answered) => answered || response.writeHead(404).end())
      .catch((error: unknown) => {
        logger(name).warn({ err: error, url: request.url }, 'a request was not answered')
        response.destroy()
      })
  })
  server.listen(port, env().HOST ?? '127.0.0.1')
  await once(server, 'listening') // fails with what the server fails with
  onShutdown('http', async () => void server.close())
}
