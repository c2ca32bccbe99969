/** The relay: from what was committed to the index and the queue. PRICE_EVENTS says how it hears of a commit. */
import { CdcSource } from '#lib/delivery/changes/cdc/cdcSource.ts'
import { OutboxSource } from '#lib/delivery/changes/outboxSource.ts'
import { QueueDeliverer } from '#lib/delivery/changes/queueDeliverer.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { keepBeating, silentAfterMs } from '#lib/platform/process/heartbeat.ts'
import { onShutdown } from '#lib/platform/process/shutdown.ts'
import type { InvalidationQueue } from '#lib/queue/invalidationQueue.ts'

export function startRelay(queue: InvalidationQueue): void {
  const stop = new AbortController()
  const deliverer = new QueueDeliverer(queue)
  const source = env().PRICE_EVENTS === 'cdc' ? new CdcSource() : new OutboxSource()
  const running = source.run(deliverer, stop.signal)
  // A relay that is there and delivers nothing is as good as none.
  keepBeating(db(), 'relay', () => deliverer.silentMs < silentAfterMs())
  onShutdown('relay', async () => {
    stop.abort()
    await running
  })
}
