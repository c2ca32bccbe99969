/** The relay brings committed changes to the index and the queue. PRICE_EVENTS says where it reads them. */
import { CdcSource } from '#lib/delivery/changes/cdc/cdcSource.ts'
import { OutboxSource } from '#lib/delivery/changes/outboxSource.ts'
import { QueueDeliverer } from '#lib/delivery/changes/queueDeliverer.ts'
import { env } from '#lib/platform/env.ts'
import { keepBeating, silentAfterMs } from '#lib/platform/process/heartbeat.ts'
import { untilShutdown } from '#lib/platform/process/shutdown.ts'
import type { WorkerParts } from './parts.ts'

export function startRelay({ db, coherence, invalidationQueue }: WorkerParts): void {
  const deliverer = new QueueDeliverer({ db, keeper: coherence.keeper, queue: invalidationQueue })
  const source = env().PRICE_EVENTS === 'cdc' ? new CdcSource({ db, index: coherence.index }) : new OutboxSource()
  // A relay that is there and delivers nothing is as good as none.
  keepBeating(db, 'relay', () => deliverer.silentMs < silentAfterMs())
  untilShutdown('relay', (signal) => source.run(deliverer, signal))
}
