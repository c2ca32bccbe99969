/**
 * A web instance: Next behind the fast path.
 * @see next/dist/docs/01-app/02-guides/custom-server.md
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import compression from 'compression'
import next from 'next'
import { missingPageOf, placeAt } from '#lib/catalog/existence.ts'
import { keepSearchCurrent } from '#lib/catalog/search/search.ts'
import { edgeFromEnv } from '#lib/cdn/edgeFromEnv.ts'
import { cdnHeaders } from '#lib/cdn/cdnHeaders.ts'
import { useEdge } from '#lib/cdn/edgePort.ts'
import { startWatchdog } from '#lib/observability/monitor/watchdog.ts'
import { coherence } from '#lib/catalog/coherence.ts'
import { buildFolder } from '#lib/platform/build.ts'
import { reportUnfitDatabase } from '#lib/platform/databaseFitness.ts'
import { ClientAddresses, parseProxies } from '#lib/platform/http/clientAddress.ts'
import { edgeProof } from '#lib/platform/http/edgeProof.ts'
import { env, requireSecrets } from '#lib/platform/env.ts'
import { withSaidStatus } from '#lib/platform/http/saidStatus.ts'
import { logger } from '#lib/platform/logger.ts'
import { cacheRedis } from '#lib/platform/redis.ts'
import { reportUnfitRedis } from '#lib/platform/redisFitness.ts'
import { refusals } from '#lib/audit/refusals.ts'
import { installSignalHandlers, onShutdown } from '#lib/platform/process/shutdown.ts'
import { isStoreAway } from '#lib/platform/storeErrors.ts'
import { startTracing } from '#lib/platform/tracing/startTracing.ts'
import { traceFollowedChanges } from '#lib/web/traceFollowedChanges.ts'
import { FastPath, withoutSharedLifetime } from '#lib/coherence/next.ts'
import { isActionForm } from '#lib/web/actionForms.ts'
import { correlated } from '#lib/web/correlated.ts'
import { directRoutes } from '#lib/web/directRoutes.ts'
import { InFlight } from '#lib/web/inFlight.ts'
import { limitBody, SERVER_TIMES } from '#lib/web/limits/bodyLimits.ts'
import { RenderTurns } from '#lib/web/limits/renderTurns.ts'
import { refuseWithoutTurn } from '#lib/web/limits/refuse.ts'
import { VisitorLimits } from '#lib/web/limits/visitorLimits.ts'
import { internalEndpoint } from '#lib/web/internalEndpoints.ts'
import { refuseAtOrigin } from '#lib/web/originDoor.ts'
import { sendPicture } from '#lib/web/pictures.ts'
import { plainEndpoint } from '#lib/web/plainEndpoints.ts'
import { takePolicyReport } from '#lib/web/policyReports.ts'
import { DrawnPictures } from '#lib/web/sharedPictures/drawnPictures.ts'
import { sendSharedPicture } from '#lib/web/sharedPictures/sendSharedPicture.ts'
import { refuseTarget } from '#lib/web/requestTarget.ts'
import { buildFiles } from '#lib/web/buildFiles.ts'
import { DocumentPolicy } from '#lib/web/documentPolicy.ts'
import { Doorkeeper } from '#lib/web/doorkeeper.ts'
import { protect } from '#lib/web/protect.ts'
import { queueBoardProxy } from '#lib/web/queueBoard.ts'
import { warmStart } from '#lib/web/warmStart.ts'
import { ROUTES } from './app/_access/entrances.ts'
import { previewTexts } from './app/_i18n/previewTexts.ts'
import { GET as readPrices } from './app/api/prices/route.ts'
import { GET as streamPrices } from './app/api/prices/stream/route.ts'
import { GET as suggestProducts } from './app/api/search/suggest/route.ts'

/** Milliseconds. What is under way at a shutdown gets this long: less than the process as a whole. */
const OPEN_CONNECTIONS_MS = 6_000

const log = logger('web')
requireSecrets('web')
const publicUrl = new URL(env().PUBLIC_URL)

await startTracing('web')
const app = next({ dev: false, hostname: publicUrl.hostname, port: env().PORT })
await app.prepare()
const handleByNext = app.getRequestHandler()
useEdge(edgeFromEnv())
onShutdown('index lease', () => coherence().keeper.stop())
await coherence().index.connect()
reportUnfitDatabase()
traceFollowedChanges(coherence().index)
reportUnfitRedis()

const socketFolder = await mkdtemp(path.join(tmpdir(), 'evergreen-'))
const socketPath = path.join(socketFolder, 'next.sock')
const origin = createServer(
  (request, response) => void fastPath.answerOrigin(request, () => handleByNext(request, response)),
)
await new Promise<void>((resolve) => origin.listen(socketPath, resolve))

const documentPolicy = new DocumentPolicy(buildFolder())
const fastPath = new FastPath(coherence(), {
  buildFolder: buildFolder(),
  origin: { socketPath, host: publicUrl.host },
  rendersAtOnce: env().RENDERS_AT_ONCE,
  warmRendersPerSecond: env().WARM_RENDERS_PER_SECOND,
  cdnHeaders,
  documentHeaders: (html) => documentPolicy.ofDocument(html),
  existence: { placeAt, missingPageOf },
})

const sendBuildFile = buildFiles(buildFolder())
const doorkeeper = new Doorkeeper(buildFolder(), Object.keys(ROUTES))
const compress = compression()
const visitorLimits = new VisitorLimits()
const renderTurns = new RenderTurns(Math.ceil(env().RENDERS_AT_ONCE / 2))
const drawnPictures = new DrawnPictures(cacheRedis())
const drawer = { pictures: drawnPictures, limits: visitorLimits, texts: previewTexts }
onShutdown('pictures', () => drawnPictures.close())
const answerDirectly = directRoutes({
  '/api/prices': readPrices,
  '/api/prices/stream': streamPrices,
  '/api/search/suggest': suggestProducts,
})

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    if (refuseTarget(request, response)) return
    if (limitBody(request, response)) return
    if (doorkeeper.refuse(request, response)) return
    if (isActionForm(request) && (await doorkeeper.refuseForm(request, response))) return
    if (sendBuildFile(request, response)) return
    if (await plainEndpoint(request, response)) return
    if (await takePolicyReport(request, response)) return
    if (await sendPicture(request, response)) return
    if (await sendSharedPicture(request, response, drawer)) return
    if (await internalEndpoint(request, response, fastPath)) return
    if (await queueBoardProxy(request, response)) return
    if (await fastPath.handle(request, response)) return
    if (await visitorLimits.refuse(request, response)) return
    if (await answerDirectly(request, response)) return
    documentPolicy.letNextWrite(request, response)
    withoutSharedLifetime(response)
    // Not by Next: what it has packed could not be looked at any more.
    compress(request, response, () => undefined)
    fastPath.guard(response)
    await renderTurns.take(request, () => withSaidStatus(response, () => handleByNext(request, response)))
  } catch (error) {
    if (refuseWithoutTurn(error, request, response)) return
    log.error({ err: error, url: request.url }, 'request failed')
    if (response.headersSent) {
      response.destroy()
      return
    }
    const retry = isStoreAway(error)
    response.writeHead(retry ? 503 : 500, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Cache-Control': 'no-store',
      ...(retry && { 'Retry-After': '1' }),
    })
    response.end(
      retry
        ? 'The shop cannot confirm current prices right now. Please try again in a moment.\n'
        : 'Something went wrong.\n',
    )
  }
}

await warmStart(fastPath.warming)

const inFlight = new InFlight()

const clients = new ClientAddresses(await edgeProof(env().EDGE_SECRET), parseProxies(env().TRUSTED_PROXIES))

const { PORT, LISTEN_FD, INSTANCE_PORT, HOST: host } = env()
/** All instances accept from the one socket of their supervisor: what a frozen instance leaves there, another takes. */
const shared = LISTEN_FD === undefined ? { port: PORT, host } : { fd: LISTEN_FD }
const addresses = INSTANCE_PORT === undefined ? [shared] : [shared, { port: INSTANCE_PORT, host }]
const servers = addresses.map(() => {
  const server = createServer(SERVER_TIMES, (request, response) => {
    const asker = clients.settle(request)
    protect(request, response)
    if (refuseAtOrigin(request, response, asker)) return
    inFlight.follow(response)
    void correlated(request, response, () => handle(request, response))
  })
  server.keepAliveTimeout = 65_000
  return server
})
await Promise.all(
  servers.map(async (server, i) => {
    server.listen(addresses[i])
    await once(server, 'listening')
  }),
)
log.info({ PORT, INSTANCE_PORT }, 'web instance answers')

onShutdown('next', async () => {
  await app.close()
  origin.close()
  await rm(socketFolder, { recursive: true, force: true })
})
onShutdown('http', () => inFlight.close(servers, OPEN_CONNECTIONS_MS))
startWatchdog()
const stopSearch = keepSearchCurrent()
onShutdown('refusals', () => refusals().flush())
onShutdown('search', async () => stopSearch())
installSignalHandlers()
