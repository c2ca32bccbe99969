/** Applies and ends schedules when they are due: a timer for the next one, and a look each second for what changed. */
import { setTimeout as delay } from 'node:timers/promises'
import { applyBulkEdit } from '#lib/pricing/bulk/applyBulkEdit.ts'
import { endDue, nextDueMs, startDue } from '#lib/pricing/bulk/scheduleRun.ts'
import { logger } from '#lib/platform/logger.ts'
import { onShutdown } from '#lib/platform/shutdown.ts'

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
      .catch((error: unknown) => log.warn({ err: error, bulkEdit }, 'a schedule was interrupted; the sweep goes on with it'))
      .finally(() => applying.delete(applied))
    applying.add(applied)
  }

  async function runDue(what: 'start' | 'end'): Promise<number> {
    const claim = what === 'start' ? startDue : endDue
    for (let edit = await claim(); edit !== undefined; edit = await claim()) if (edit !== null) apply(edit)
    return (await nextDueMs(what)) ?? POLL_MS
  }

  async function run(what: 'start' | 'end'): Promise<void> {
    while (!signal.aborted) {
      const waitMs = await runDue(what).catch((error: unknown) => {
        log.warn({ err: error }, 'schedules could not be read; the next look follows')
        return POLL_MS
      })
      // One that another worker has claimed stays due until it commits: a look is never more often than this.
      await delay(Math.min(POLL_MS, Math.max(20, waitMs)), undefined, { signal }).catch(() => undefined)
    }
  }

  // Freezing the end of a large sale takes seconds, for which no start waits.
  const running = Promise.all([run('start'), run('end')])
  onShutdown('scheduler', async () => {
    stop.abort()
    await running
    await Promise.all(applying)
  })
}
