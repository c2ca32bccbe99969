/**
 * Starts and ends schedules: a timer for the next one to prepare, and a look each second for what changed. A start or an end is
 * under way from some seconds before its time until its commit.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { dueSwitches, nextDueMs, type SwitchKind } from '#lib/pricing/bulk/schedule/dueSwitches.ts'
import { endSchedule } from '#lib/pricing/bulk/schedule/scheduleEnd.ts'
import { startSchedule } from '#lib/pricing/bulk/schedule/scheduleRun.ts'
import type { SwitchOptions } from '#lib/pricing/bulk/schedule/switch.ts'
import { logger } from '#lib/platform/logger.ts'
import { onShutdown } from '#lib/platform/process/shutdown.ts'

const POLL_MS = 1_000
/** Of each kind: every one holds a connection of the pool until its commit. Others that are due follow then. */
const AT_ONCE = 3

const RUN: Readonly<Record<SwitchKind, (id: string, options: SwitchOptions) => Promise<unknown>>> = {
  start: startSchedule,
  end: endSchedule,
}

export function startScheduler(): void {
  const log = logger('scheduler')
  const stop = new AbortController()
  const { signal } = stop

  /** No start waits for an end. */
  async function run(kind: SwitchKind): Promise<void> {
    const underWay = new Map<string, Promise<void>>()

    function begin(schedule: string): void {
      const switched = RUN[kind](schedule, { signal })
        .then((done) => {
          if (done) log.info({ schedule, kind }, 'a schedule was switched')
        })
        .catch((error: unknown) =>
          log.warn({ err: error, schedule, kind }, 'a schedule was not switched; it is tried again'),
        )
        .finally(() => underWay.delete(schedule))
      underWay.set(schedule, switched)
    }

    async function look(): Promise<number> {
      for (const schedule of await dueSwitches(kind))
        if (underWay.size < AT_ONCE && !underWay.has(schedule)) begin(schedule)
      return (await nextDueMs(kind)) ?? POLL_MS
    }

    while (!signal.aborted) {
      const waitMs = await look().catch((error: unknown) => {
        log.warn({ err: error }, 'schedules could not be read; the next look follows')
        return POLL_MS
      })
      const rest = delay(Math.min(POLL_MS, Math.max(20, waitMs)), undefined, { signal }).catch(() => undefined)
      // One that waits for its turn has it as soon as another has committed.
      await (underWay.size < AT_ONCE ? rest : Promise.race([rest, ...underWay.values()]))
    }
    await Promise.all(underWay.values())
  }

  const running = Promise.all([run('start'), run('end')])
  onShutdown('scheduler', async () => {
    stop.abort()
    await running
  })
}
