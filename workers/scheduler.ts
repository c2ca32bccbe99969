/** Starts and ends schedules when they are due: a timer for the next one, and a look each second for what changed. */
import { setTimeout as delay } from 'node:timers/promises'
import { applyBulkEdit } from '#lib/pricing/bulk/apply/applyBulkEdit.ts'
import { endDue } from '#lib/pricing/bulk/schedule/scheduleEnd.ts'
import { nextDueMs, startDue } from '#lib/pricing/bulk/schedule/scheduleRun.ts'
import { logger } from '#lib/platform/logger.ts'
import { onShutdown } from '#lib/platform/process/shutdown.ts'

const POLL_MS = 1_000

export function startScheduler(): void {
  const log = logger('scheduler')
  const stop = new AbortController()
  const { signal } = stop
  const applying = new Set<Promise<void>>()

  /** Not waited for: another schedule may be due meanwhile. One that is interrupted goes on by the sweep. */
  function apply(bulkEdit: string): void {
    const applied = applyBulkEdit(bulkEdit, { signal })
      .then((state) => log.info({ bulkEdit, state }, 'a schedule was applied'))
      .catch((error: unknown) =>
        log.warn({ err: error, bulkEdit }, 'a schedule was interrupted; the sweep goes on with it'),
      )
      .finally(() => applying.delete(applied))
    applying.add(applied)
  }

  async function start(): Promise<number> {
    for (let edit = await startDue(); edit !== undefined; edit = await startDue()) if (edit !== null) apply(edit)
    return (await nextDueMs('start')) ?? POLL_MS
  }

  async function end(): Promise<number> {
    for (let sale = await endDue(); sale !== undefined; sale = await endDue()) log.info({ sale }, 'a sale was ended')
    return (await nextDueMs('end')) ?? POLL_MS
  }

  async function run(look: () => Promise<number>): Promise<void> {
    while (!signal.aborted) {
      const waitMs = await look().catch((error: unknown) => {
        log.warn({ err: error }, 'schedules could not be read; the next look follows')
        return POLL_MS
      })
      // One that another worker has claimed stays due until it commits: a look is never more often than this.
      await delay(Math.min(POLL_MS, Math.max(20, waitMs)), undefined, { signal }).catch(() => undefined)
    }
  }

  // No start waits for an end.
  const running = Promise.all([run(start), run(end)])
  onShutdown('scheduler', async () => {
    stop.abort()
    await running
    await Promise.all(applying)
  })
}
