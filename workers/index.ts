/** The worker process: its roles, all or those that `--roles=` names, with a health endpoint of its own on WORKER_PORT. */
import { createServer } from 'node:http'
import { edgeFromEnv } from '#lib/cdn/edgeFromEnv.ts'
import { useEdge } from '#lib/cdn/edgePort.ts'
import { coherence } from '#lib/catalog/coherence.ts'
import { reportUnfitDatabase } from '#lib/platform/databaseFitness.ts'
import { env, requireSecrets } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import { reportUnfitRedis } from '#lib/platform/redisFitness.ts'
import { installSignalHandlers, onShutdown } from '#lib/platform/process/shutdown.ts'
import { startTracing } from '#lib/platform/tracing/startTracing.ts'
import { openInvalidationQueue } from '#lib/queue/invalidationQueue.ts'
import { refuseMetrics } from '#lib/web/originAuthentication.ts'
import { plainEndpoint } from '#lib/web/plainEndpoints.ts'
import { setSecurityHeaders } from '#lib/web/setSecurityHeaders.ts'
import { startBulkApplier } from './bulkApplier.ts'
import { queueBoard } from './queueBoard.ts'
import { startInvalidator } from './invalidator.ts'
import { startMonitor } from './monitor.ts'
import { startRelay } from './relay.ts'
import { startScheduler } from './scheduler.ts'
import { rolesOf } from './roles.ts'

const roles = rolesOf(process.argv.slice(2))
requireSecrets('worker')
await startTracing('worker')

const queue = openInvalidationQueue()
const board = queueBoard(queue)
const server = createServer((request, response) => {
  setSecurityHeaders(request, response)
  if (refuseMetrics(request, response)) return
  if (board(request, response)) return
  plainEndpoint(request, response)
    .then((answered) => answered || response.writeHead(404).end())
    .catch((error: unknown) => {
      logger('worker').warn({ err: error, url: request.url }, 'a request was not answered')
      response.destroy()
    })
})
await new Promise<void>((resolve, reject) => {
  server.once('error', reject)
  server.listen(env().WORKER_PORT, env().HOST ?? '127.0.0.1', resolve)
})
onShutdown('http', async () => void server.close())

useEdge(edgeFromEnv())
onShutdown('index lease', () => coherence().keeper.stop())
await coherence().index.connect()
reportUnfitDatabase()
reportUnfitRedis()
if (roles.has('invalidator')) startInvalidator()
if (roles.has('bulk')) startBulkApplier()
if (roles.has('scheduler')) startScheduler()
if (roles.has('monitor')) startMonitor()
if (roles.has('relay')) startRelay(queue)
installSignalHandlers()
logger('worker').info({ port: env().WORKER_PORT, roles: [...roles] }, 'worker runs')
