/**
 * The relay: from the outbox to the index and the queue. NOTIFY only wakes it; what a notification missed, a
 * poll a second later finds.
 */
import { claimOutbox, jobsOf } from '#lib/delivery/outbox.ts'
import { coherence } from '#lib/catalog/coherence.ts'
import { db } from '#lib/platform/db.ts'
import { keepBeating, silentAfterMs } from '#lib/platform/process/heartbeat.ts'
import { logger } from '#lib/platform/logger.ts'
import { OwnConnection } from '#lib/platform/process/ownConnection.ts'
import { onShutdown } from '#lib/platform/process/shutdown.ts'
import { enqueueInvalidation, type InvalidationQueue } from '#lib/queue/invalidationQueue.ts'

const POLL_MS = 1_000
const CHANNEL = 'evergreen_outbox'

export function startRelay(queue: InvalidationQueue): void {
  const log = logger('relay')
  let wake = () => {}
  let woken = false
  const wakeUp = () => {
    woken = true
    wake()
  }
  let drainedAt = performance.now()
  const stop = new AbortController()

  async function drain(): Promise<void> {
    // Ahead of the queue: a write past the application is fresh one round trip after its commit.
    await coherence().keeper.follow()
    let delivered: number
    do {
      delivered = await claimOutbox(db(), async (rows) => {
        for (const job of jobsOf(rows))
          await enqueueInvalidation(queue, { outboxIds: job.map((row) => row.id.toString()) })
        for (const { id, topic, entityIds, correlationId } of rows) {
          log.info({ outboxId: id.toString(), topic, entities: entityIds.length, correlationId }, 'handed to the queue')
        }
      })
    } while (delivered > 0 && !stop.signal.aborted)
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      woken = false
      await drain()
        .then(() => (drainedAt = performance.now()))
        .catch((error: unknown) => log.warn({ err: error }, 'outbox not delivered, it is tried again'))
      if (woken || stop.signal.aborted) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  const listening = new OwnConnection({
    name: 'relay',
    async begin(client) {
      await client.query(`LISTEN ${CHANNEL}`)
      wakeUp() // what was written before it listened
    },
    onNotification: wakeUp,
  })

  const running = run()
  // A relay that is there and delivers nothing is as good as none.
  keepBeating(db(), 'relay', () => performance.now() - drainedAt < silentAfterMs())
  void listening.keepOpen()
  onShutdown('relay', async () => {
    stop.abort()
    wake()
    await listening.close()
    await running
  })
}
