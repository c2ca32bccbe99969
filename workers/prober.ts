/** The prober process: reads the shop from outside, round after round, and raises what it finds. */
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
import { startTracing } from '#lib/platform/tracing/startTracing.ts'
import { runPeriodically } from '#lib/platform/process/periodic.ts'
import { installSignalHandlers, untilShutdown } from '#lib/platform/process/shutdown.ts'
import { startOperatorServer } from '#lib/web/operatorServer.ts'

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
const database = db()
const prober = new Prober({
  db: database,
  targets,
  locales: LOCALES,
  readsPerRound,
  randomProducts: RANDOM_PRODUCTS,
  windowMs,
  record: true,
})
let roundEndedAt = performance.now()

// No Redis: the prober must not depend on what it watches.
await startOperatorServer('prober', port, { db: database })

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
  await reconcileAlerts(database, SCOPE, prober.findings(), { quietMs: QUIET_MS })
  roundEndedAt = performance.now()
  probeMetrics().rounds.inc({ outcome: 'done' })
}

function failed(error: unknown): void {
  probeMetrics().rounds.inc({ outcome: 'failed' })
  log.warn({ err: error }, 'a round of the prober failed, the next one comes')
}

await openMismatches(database, SCOPE, targets).then(
  (open) => prober.resume(open),
  (error: unknown) => log.warn({ err: error }, 'the alerts of an earlier prober could not be read'),
)
keepBeating(database, 'prober', () => performance.now() - roundEndedAt < silentAfterMs())
untilShutdown('prober', (signal) => runPeriodically(round, { everyMs: intervalMs, signal, failed }))
installSignalHandlers()
log.info({ port, targets: targets.map(({ name, url }) => `${name} ${url}`) }, 'prober runs')
