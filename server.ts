/**
 * A web instance: Next behind the fast path. Its parts are made here, before the first request, and handed on:
 * docs/decisions/composition.md.
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
import { withShownNamed } from '#lib/catalog/shownVersions.ts'
import { edgeFromEnv } from '#lib/cdn/edgeFromEnv.ts'
import { cdnHeaders } from '#lib/cdn/cdnHeaders.ts'
import { useEdge } from '#lib/cdn/edgePort.ts'
import { startWatchdog } from '#lib/observability/monitor/watchdog.ts'
import { buildFolder } from '#lib/platform/build.ts'
import { reportUnfitDatabase } from '#lib/platform/databaseFitness.ts'
import { ClientAddresses, parseProxies } from '#lib/platform/http/clientAddress.ts'
import { edgeProof } from '#lib/platform/http/edgeProof.ts'
import { env, requireSecrets } from '#lib/platform/env.ts'
import { withAnswerStatus } from '#lib/platform/http/answerStatus.ts'
import { logger } from '#lib/platform/logger.ts'
import { reportUnfitRedis } from '#lib/platform/redisFitness.ts'
import { refusals } from '#lib/audit/refusals.ts'
import { installSignalHandlers, onShutdown } from '#lib/platform/process/shutdown.ts'
import { isStoreAway } from '#lib/platform/storeErrors.ts'
import { startTracing } from '#lib/platform/tracing/startTracing.ts'
import { traceFollowedChanges } from '#lib/web/traceFollowedChanges.ts'
import { FastPath, withoutSharedLifetime } from '#lib/coherence/next.ts'
import { isActionForm } from '#lib/web/actionForms.ts'
import { withRequestCorrelation } from '#lib/web/requestCorrelation.ts'
import { answer, directRoutes } from '#lib/web/directRoutes.ts'
import { InFlight } from '#lib/web/inFlight.ts'
import { listenAddresses } from '#lib/web/listenAddresses.ts'
import { comesWhole, limitBody, SERVER_TIMES } from '#lib/web/limits/bodyLimits.ts'
import { RequestRenderLimiter } from '#lib/web/limits/requestRenderLimiter.ts'
import { refuseWhenBusy } from '#lib/web/limits/refuse.ts'
import { wholeBody } from '#lib/web/limits/wholeBody.ts'
import { VisitorLimits } from '#lib/web/limits/visitorLimits.ts'
import { internalEndpoint } from '#lib/web/internalEndpoints.ts'
import { refuseAtOrigin } from '#lib/web/originAuthentication.ts'
import { sendPicture } from '#lib/web/pictures.ts'
import { webParts } from '#lib/web/parts.ts'
import { plainEndpoint } from '#lib/web/plainEndpoints.ts'
import { takePolicyReport } from '#lib/web/policyReports.ts'
import { DrawnPictures } from '#lib/web/sharedPictures/drawnPictures.ts'
import { sendSharedPicture } from '#lib/web/sharedPictures/sendSharedPicture.ts'
import { refuseTarget } from '#lib/web/requestTarget.ts'
import { buildFiles } from '#lib/web/buildFiles.ts'
import { DocumentPolicy } from '#lib/web/documentPolicy.ts'
import { nameSourcesOfErrors } from '#lib/web/sourceMaps.ts'
import { RequestGuard } from '#lib/web/requestGuard.ts'
import { PolicyResponse } from '#lib/web/policyResponse.ts'
import { queueBoardProxy } from '#lib/web/queueBoard.ts'
import { warmStart } from '#lib/web/warmStart.ts'
import { ROUTES } from './app/_access/entrances.ts'
import { previewTexts } from './app/_i18n/previewTexts.ts'
import { adminApi, isOfAdminApi } from './app/api/admin/_api/app.ts'
import { GET as readPrices } from './app/api/prices/route.ts'
import { GET as streamPrices } from './app/api/prices/stream/route.ts'
import { GET as suggestProducts } from './app/api/search/suggest/route.ts'

/** Milliseconds. Requests under way at a shutdown get this long: less than the process as a whole. */
const OPEN_CONNECTIONS_MS = 6_000

const log = logger('web')
requireSecrets('web')
const publicUrl = new URL(env().PUBLIC_URL)

await startTracing('web')
nameSourcesOfErrors()
const app = next({ dev: false, hostname: publicUrl.hostname, port: env().PORT })
await app.prepare()
const handleByNext = app.getRequestHandler()
useEdge(edgeFromEnv())
const parts = webParts()
const { db, indexRedis, cacheRedis, coherence } = parts
onShutdown('index lease', () => coherence.keeper.stop())
await coherence.index.connect()
reportUnfitDatabase()
traceFollowedChanges(coherence.index)
reportUnfitRedis(indexRedis, cacheRedis)

const socketFolder = await mkdtemp(path.join(tmpdir(), 'evergreen-'))
const socketPath = path.join(socketFolder, 'next.sock')
const origin = createServer(
  (request, response) => void fastPath.answerOrigin(request, () => handleByNext(request, response)),
)
await new Promise<void>((resolve) => origin.listen(socketPath, resolve))

const documentPolicy = new DocumentPolicy(buildFolder())
const fastPath = new FastPath(coherence, {
  buildFolder: buildFolder(),
  origin: { socketPath, host: publicUrl.host },
  rendersAtOnce: env().RENDERS_AT_ONCE,
  warmRendersPerSecond: env().WARM_RENDERS_PER_SECOND,
  cdnHeaders,
  documentHeaders: (html, template) => documentPolicy.ofDocument(html, template),
  existence: { placeAt, missingPageOf },
})

const sendBuildFile = buildFiles(buildFolder())
const requestGuard = new RequestGuard(buildFolder(), Object.keys(ROUTES))
const compress = compression()
const visitorLimits = new VisitorLimits(indexRedis)
const requestRenders = new RequestRenderLimiter(Math.ceil(env().RENDERS_AT_ONCE / 2))
const drawnPictures = new DrawnPictures(cacheRedis)
const drawer = { pictures: drawnPictures, limits: visitorLimits, stores: parts, texts: previewTexts }
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
    if (requestGuard.refuse(request, response)) return
    const isWhole = comesWhole(request)
    if (isWhole) {
      const whole = wholeBody(request, response)
      // Before the body has cost anything: what has one is no hit of the page cache.
      if (await visitorLimits.refuse(request, response)) return
      const body = await whole
      if (!body) return
      if (isActionForm(request) && (await requestGuard.refuseForm(request, response, body))) return
    }
    const isHeld = fastPath.holds(request)
    if (isHeld && (await fastPath.handle(request, response))) return
    if (sendBuildFile(request, response)) return
    if (await plainEndpoint(request, response, parts)) return
    if (await takePolicyReport(request, response)) return
    if (await sendPicture(request, response)) return
    if (await sendSharedPicture(request, response, drawer)) return
    if (await internalEndpoint(request, response, { pages: fastPath, index: coherence.index })) return
    if (await queueBoardProxy(request, response)) return
    if (isOfAdminApi(request.url)) {
      compress(request, response, () => undefined)
      return await answer(adminApi.fetch, request, response)
    }
    if (!isHeld && (await fastPath.handle(request, response))) return
    if (!isWhole && (await visitorLimits.refuse(request, response))) return
    if (await answerDirectly(request, response)) return
    documentPolicy.letNextWrite(request, response)
    withoutSharedLifetime(response)
    // Not by Next: what it has packed could not be looked at any more.
    compress(request, response, () => undefined)
    fastPath.guard(response)
    const render = () => withAnswerStatus(response, () => handleByNext(request, response))
    const isOfStaff = request.url?.startsWith('/admin')
    await requestRenders.take(request, () => (isOfStaff ? render() : withShownNamed(response, render)))
  } catch (error) {
    if (refuseWhenBusy(error, request, response)) return
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

const { PORT, INSTANCE_PORT } = env()
const addresses = listenAddresses(env())
const servers = addresses.map(() => {
  const server = createServer({ ...SERVER_TIMES, ServerResponse: PolicyResponse }, (request, response) => {
    const asker = clients.settle(request)
    if (refuseAtOrigin(request, response, asker)) return
    inFlight.follow(response)
    void withRequestCorrelation(request, response, () => handle(request, response))
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
startWatchdog(db)
keepSearchCurrent(db)
onShutdown('refusals', () => refusals().flush())
installSignalHandlers()
