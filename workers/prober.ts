/** The prober process: reads the shop from outside, round after round, and raises what it finds. */
import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { LOCALES } from '#lib/platform/locales.ts'
import { reconcileAlerts } from '#lib/alerts/reconcile.ts'
import { probeMetrics } from '#lib/observability/probe/metrics.ts'
import { Prober } from '#lib/observability/probe/prober.ts'
import { probeTargets } from '#lib/observability/probe/reading.ts'
import { openMismatches } from '#lib/observability/probe/record.ts'
import { db } from '#lib/platform/db.ts'
import { reportUnfitDatabase } from '#lib/platform/databaseFitness.ts'
import { env, requireSecrets } from '#lib/platform/env.ts'
import { keepBeating, silentAfterMs } from '#lib/platform/process/heartbeat.ts'
import { logger } from '#lib/platform/logger.ts'
import { metrics } from '#lib/platform/metrics.ts'
import { refuseMetrics } from '#lib/web/originAuthentication.ts'
import { startTracing } from '#lib/platform/tracing/startTracing.ts'
import { setSecurityHeaders } from '#lib/web/setSecurityHeaders.ts'
import { installSignalHandlers, isStopping, onShutdown } from '#lib/platform/process/shutdown.ts'

const SCOPE = 'probe'
/** Milliseconds. What is gone for so long is resolved: a page that is right every other time is one incident. */
const QUIET_MS = 3_000
const RANDOM_PRODUCTS = 2

const log = logger('prober')
requireSecrets('prober')
reportUnfitDatabase()
await startTracing('prober')
const {
  PROBER_INTERVAL_MS: intervalMs,
  PROBER_PORT: port,
  PROBER_READS: readsPerRound,
  PROBER_WINDOW_MS: windowMs,
} = env()
const targets = probeTargets(env().webUrls, env().EDGE === 'none' ? undefined : env().edgeUrl)
const prober = new Prober({
  db: db(),
  targets,
  locales: LOCALES,
  readsPerRound,
  randomProducts: RANDOM_PRODUCTS,
  windowMs,
  record: true,
})
const stop = new AbortController()
let roundEndedAt = performance.now()

/** No Redis: the prober must not depend on what it watches. */
async function readiness(): Promise<{ ready: boolean; checks: Record<string, string> }> {
  const postgres = await db().$queryRaw`SELECT 1`.then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  const process = isStopping() ? 'this process is stopping' : 'ok'
  return { ready: postgres === 'ok' && process === 'ok', checks: { process, postgres } }
}

const server = createServer((request, response) => {
  setSecurityHeaders(request, response)
  if (refuseMetrics(request, response)) return
  const answer = async () => {
    if (request.url === '/metrics' || request.url === '/api/metrics') {
      response
        .writeHead(200, { 'content-type': metrics().contentType, 'cache-control': 'no-store' })
        .end(await metrics().metrics())
    } else if (request.url === '/health' || request.url === '/api/health') {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ status: 'ok', pid: process.pid }))
    } else if (request.url === '/ready' || request.url === '/api/ready') {
      const { ready, checks } = await readiness()
      response
        .writeHead(ready ? 200 : 503, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ready, checks }))
    } else response.writeHead(404).end()
  }
  answer().catch((error: unknown) => {
    log.warn({ err: error, url: request.url }, 'a request was not answered')
    response.destroy()
  })
})
await new Promise<void>((resolve, reject) => {
  server.once('error', reject)
  server.listen(port, env().HOST ?? '127.0.0.1', resolve)
})

async function round(): Promise<void> {
  const { kept, seen } = await prober.round()
  for (const {
    reading: {
      task: { target, change },
      judged,
    },
    lagMs,
  } of seen) {
    log.info(
      {
        correlationId: change?.correlationId,
        layer: target.layer,
        target: target.name,
        price: `${judged.productId}@${judged.expected.version}`,
        lagMs,
      },
      'a change was seen',
    )
  }
  for (const { task, judged } of kept)
    log.error(
      {
        layer: task.target.layer,
        target: task.target.name,
        path: task.path,
        product: judged.productId,
        verdict: judged.verdict,
        why: judged.why,
      },
      'a page is wrong',
    )
  await reconcileAlerts(db(), SCOPE, prober.findings(), { quietMs: QUIET_MS })
  roundEndedAt = performance.now()
}

async function run(): Promise<void> {
  while (!stop.signal.aborted) {
    const began = performance.now()
    await round().then(
      () => probeMetrics().rounds.inc({ outcome: 'done' }),
      (error: unknown) => {
        probeMetrics().rounds.inc({ outcome: 'failed' })
        log.warn({ err: error }, 'a round of the prober failed, the next one comes')
      },
    )
    const left = Math.max(0, intervalMs - (performance.now() - began))
    await delay(left, undefined, { signal: stop.signal }).catch(() => undefined)
  }
}

await openMismatches(db(), SCOPE, targets).then(
  (open) => prober.resume(open),
  (error: unknown) => log.warn({ err: error }, 'the alerts of an earlier prober could not be read'),
)
keepBeating(db(), 'prober', () => performance.now() - roundEndedAt < silentAfterMs())
const running = run()
onShutdown('http', async () => void server.close())
onShutdown('prober', async () => {
  stop.abort()
  await running
})
installSignalHandlers()
log.info({ port, targets: targets.map(({ name, url }) => `${name} ${url}`) }, 'prober runs')
