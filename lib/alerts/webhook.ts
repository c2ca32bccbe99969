/**
 * Notifies a webhook of alerts: that one was raised or became critical, and that it was resolved. Notifications that are due stand in the
 * alert's own row, so that no restart forgets it. At least once: a receiver that answers too late hears it again.
 */
import type { Db } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import { messageOf } from './message.ts'

export interface Webhook {
  readonly url: string
  readonly shopUrl: string
}

const TIMEOUT_MS = 5_000
/** Seconds. The pause doubles with each refusal, from one to five minutes; no other process tries in that time. */
const LONGEST_PAUSE_S = 300
/** Hours since it was last there. A webhook that is set up today does not get last year's alerts. */
const NEWS_FOR_HOURS = 24
const AT_ONCE = 20

/** Takes due alerts. The claim is a pause: another notifier follows one that died when it is over. */
async function claim(db: Db): Promise<bigint[]> {
  const rows = await db.$queryRaw<{ id: bigint }[]>`
    UPDATE alerts SET tell_attempts = tell_attempts + 1,
      tell_after = clock_timestamp() + make_interval(secs => ${TIMEOUT_MS / 1000} + least(2 ^ least(tell_attempts, 10), ${LONGEST_PAUSE_S}))
    WHERE id IN (
      SELECT id FROM alerts
      WHERE (raised_told_at IS NULL OR (resolved_at IS NOT NULL AND resolved_told_at IS NULL))
        AND tell_after <= clock_timestamp() AND COALESCE(resolved_at, last_seen_at) > clock_timestamp() - make_interval(hours => ${NEWS_FOR_HOURS})
      ORDER BY id LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED)
    RETURNING id`
  return rows.map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : 1))
}

async function send(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the webhook answered ${response.status}`)
}

async function notify(db: Db, { url, shopUrl }: Webhook, id: bigint): Promise<void> {
  const alert = await db.alert.findUniqueOrThrow({ where: { id } })
  try {
    if (alert.raisedToldAt === null) {
      await send(url, messageOf(alert, 'raised', shopUrl))
      // An alert that became worse while it was sent is sent again.
      await db.alert.updateMany({
        where: { id, severity: alert.severity },
        data: { raisedToldAt: new Date(), tellAttempts: 0, tellAfter: new Date() },
      })
      return // its end, if it has come, is the next news
    }
    await send(url, messageOf(alert, 'resolved', shopUrl))
    await db.alert.update({ where: { id }, data: { resolvedToldAt: new Date(), tellAttempts: 0 } })
  } catch (error) {
    // The claim counted from before the time-out: what was refused at once is tried again sooner.
    await db.$executeRaw`
      UPDATE alerts SET tell_after = clock_timestamp() + make_interval(secs => least(2 ^ least(tell_attempts - 1, 10), ${LONGEST_PAUSE_S})) WHERE id = ${id}`
    logger('alerts').warn(
      { err: error, alert: alert.dedupKey, attempt: alert.tellAttempts },
      'the webhook did not take an alert, it is sent again',
    )
  }
}

/** Sends the due notifications. @returns how many alerts were tried */
export async function notifyAlerts(db: Db, webhook: Webhook): Promise<number> {
  const ids = await claim(db)
  await Promise.all(ids.map((id) => notify(db, webhook, id)))
  return ids.length
}
