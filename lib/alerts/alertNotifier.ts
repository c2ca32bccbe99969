import type { Db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import { runPeriodically } from '#lib/platform/process/periodic.ts'
import { untilShutdown } from '#lib/platform/process/shutdown.ts'
import { notifyAlerts } from './webhook.ts'

/**
 * Notifies the webhook, where there is one, of due alerts, for as long as the process runs. Several notifiers share the work.
 * @param everyMs milliseconds between two looks
 */
export function startAlertNotifier(db: Db, everyMs: number): void {
  const { ALERT_WEBHOOK_URL: url, PUBLIC_URL: shopUrl } = env()
  if (url === undefined) return
  const failed = (error: unknown) =>
    logger('alerts').debug({ err: error }, 'alerts could not be read, it is tried again')
  untilShutdown('alerts', (signal) =>
    runPeriodically(async () => void (await notifyAlerts(db, { url, shopUrl })), { everyMs, signal, failed }),
  )
}
