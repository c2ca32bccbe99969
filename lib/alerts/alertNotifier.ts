import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import { onShutdown } from '#lib/platform/process/shutdown.ts'
import { notifyAlerts } from './webhook.ts'

/**
 * Notifies the webhook, where there is one, of due alerts, for as long as the process runs. Several notifiers share the work.
 * @param everyMs milliseconds between two looks
 */
export function startAlertNotifier(everyMs: number): void {
  const { ALERT_WEBHOOK_URL: url, PUBLIC_URL: shopUrl } = env()
  if (url === undefined) return
  let telling = false
  const timer = setInterval(() => {
    if (telling) return
    telling = true
    void notifyAlerts(db(), { url, shopUrl })
      .catch((error: unknown) => logger('alerts').debug({ err: error }, 'alerts could not be read, it is tried again'))
      .finally(() => (telling = false))
  }, everyMs)
  onShutdown('alerts', async () => clearInterval(timer))
}
