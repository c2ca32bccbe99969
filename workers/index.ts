/**
 * The worker process: its roles, all or those that `--roles=` names, with a health endpoint of its own on WORKER_PORT. Its parts are
 * made here and nowhere else: docs/decisions/composition.md.
 */
import { edgeFromEnv } from '#lib/cdn/edgeFromEnv.ts'
import { useEdge } from '#lib/cdn/edgePort.ts'
import { coherence } from '#lib/catalog/coherence.ts'
import { PageSamples } from '#lib/delivery/readBack.ts'
import { db } from '#lib/platform/db.ts'
import { reportUnfitDatabase } from '#lib/platform/databaseFitness.ts'
import { env, requireSecrets } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import { cacheRedis, indexRedis } from '#lib/platform/redis.ts'
import { reportUnfitRedis } from '#lib/platform/redisFitness.ts'
import { installSignalHandlers, onShutdown } from '#lib/platform/process/shutdown.ts'
import { startTracing } from '#lib/platform/tracing/startTracing.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import { openInvalidationQueue } from '#lib/queue/invalidationQueue.ts'
import { startOperatorServer } from '#lib/web/operatorServer.ts'
import { startBulkApplier } from './bulkApplier.ts'
import { startInvalidator } from './invalidator.ts'
import { startMonitor } from './monitor.ts'
import type { WorkerParts } from './parts.ts'
import { queueBoard } from './queueBoard.ts'
import { startRelay } from './relay.ts'
import { rolesOf } from './roles.ts'
import { startScheduler } from './scheduler.ts'

const roles = rolesOf(process.argv.slice(2))
requireSecrets('worker')
await startTracing('worker')

const edge = edgeFromEnv()
useEdge(edge)
const parts: WorkerParts = {
  db: db(),
  indexRedis: indexRedis(),
  cacheRedis: cacheRedis(),
  coherence: coherence(),
  edge,
  invalidationQueue: openInvalidationQueue(),
  bulkQueue: bulkQueue(),
  samples: new PageSamples(),
}
await startOperatorServer('worker', env().WORKER_PORT, parts, queueBoard(parts))

onShutdown('index lease', () => parts.coherence.keeper.stop())
await parts.coherence.index.connect()
reportUnfitDatabase()
reportUnfitRedis(parts.indexRedis, parts.cacheRedis)
if (roles.has('invalidator')) startInvalidator(parts)
if (roles.has('bulk')) startBulkApplier(parts)
if (roles.has('scheduler')) startScheduler()
if (roles.has('monitor')) startMonitor(parts)
if (roles.has('relay')) startRelay(parts)
installSignalHandlers()
logger('worker').info({ port: env().WORKER_PORT, roles: [...roles] }, 'worker runs')
