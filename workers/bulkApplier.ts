/** Applies approved bulk edits: from the queue, and by a sweep those that the queue never got or has lost. */
import { setTimeout as delay } from 'node:timers/promises'
import { applyBulkEdit } from '#lib/pricing/bulk/apply/applyBulkEdit.ts'
import { noteInterruption, unfinishedBulkEdits } from '#lib/pricing/bulk/apply/unfinished.ts'
import { logger } from '#lib/platform/logger.ts'
import { onShutdown } from '#lib/platform/process/shutdown.ts'
import { bulkQueue, enqueueBulkEdit, queuedBulkEdits, startBulkWorker } from '#lib/queue/bulkQueue.ts'

const SWEEP_MS = 2_000

/** Hands out again what is approved and has no job: its process was killed, or Redis lost the queue. */
async function sweep(): Promise<void> {
  const unfinished = await unfinishedBulkEdits()
  if (unfinished.length === 0) return
  const queued = await queuedBulkEdits(bulkQueue())
  for (const editId of unfinished) if (!queued.has(editId)) await enqueueBulkEdit(bulkQueue(), { editId })
}

export function startBulkApplier(): void {
  const log = logger('bulk')
  const stop = new AbortController()
  const worker = startBulkWorker(async (job) => {
    await applyBulkEdit(job.data.editId, { signal: stop.signal })
  })
  worker.on('failed', (job, error) => {
    log.warn(
      { err: error, bulkEdit: job?.data.editId, attempt: job?.attemptsMade },
      'a bulk edit was interrupted; it goes on',
    )
    // Without Postgres the reason cannot be stored, and nothing goes on.
    if (job) noteInterruption(job.data.editId, error).catch(() => undefined)
  })
  worker.on('error', (error) => log.debug({ err: error }, 'queue connection'))

  async function sweeps(): Promise<void> {
    while (!stop.signal.aborted) {
      await sweep().catch((error: unknown) =>
        log.warn({ err: error }, 'no sweep for unfinished bulk edits; the next one follows'),
      )
      await delay(SWEEP_MS, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }
  const sweeping = sweeps()
  onShutdown('bulk applier', async () => {
    stop.abort()
    await sweeping
    await worker.close()
  })
}
