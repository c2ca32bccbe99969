/** Applies approved bulk edits: those in the queue, and those that the queue never got or has lost. */
import { applyBulkEdit } from '#lib/pricing/bulk/apply/applyBulkEdit.ts'
import { noteInterruption, unfinishedBulkEdits } from '#lib/pricing/bulk/apply/unfinished.ts'
import { logger } from '#lib/platform/logger.ts'
import { runPeriodically } from '#lib/platform/process/periodic.ts'
import { untilShutdown } from '#lib/platform/process/shutdown.ts'
import { type BulkQueue, enqueueBulkEdit, queuedBulkEdits, startBulkWorker } from '#lib/queue/bulkQueue.ts'
import type { WorkerParts } from './parts.ts'

const SWEEP = { everyMs: 2_000, longestMs: 10_000 }

/** Hands out again what is approved and has no job: its process was killed, or Redis lost the queue. */
async function sweep(queue: BulkQueue): Promise<void> {
  const unfinished = await unfinishedBulkEdits()
  if (unfinished.length === 0) return
  const queued = await queuedBulkEdits(queue)
  for (const editId of unfinished) if (!queued.has(editId)) await enqueueBulkEdit(queue, { editId })
}

export function startBulkApplier({ bulkQueue }: WorkerParts): void {
  const log = logger('bulk')
  untilShutdown('bulk applier', async (signal) => {
    const worker = startBulkWorker(async (job) => {
      await applyBulkEdit(job.data.editId, { signal })
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
    const failed = (error: unknown) =>
      log.warn({ err: error }, 'no sweep for unfinished bulk edits; the next one follows')
    await runPeriodically(() => sweep(bulkQueue), { ...SWEEP, signal, failed })
    await worker.close()
  })
}
