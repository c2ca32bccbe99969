/**
 * Starts and ends schedules. A timer waits for the next schedule to prepare, and each second it looks for changed ones.
 * A start or an end takes from some seconds before its time until its commit.
 */
import { dueSwitches, nextDueMs, type SwitchKind } from '#lib/pricing/bulk/schedule/dueSwitches.ts'
import { endSchedule } from '#lib/pricing/bulk/schedule/scheduleEnd.ts'
import { startSchedule } from '#lib/pricing/bulk/schedule/scheduleRun.ts'
import type { SwitchOptions } from '#lib/pricing/bulk/schedule/switch.ts'
import { logger } from '#lib/platform/logger.ts'
import { Bell, type Pause, runPeriodically } from '#lib/platform/process/periodic.ts'
import { untilShutdown } from '#lib/platform/process/shutdown.ts'

const POLL_MS = 1_000
/** Of each kind: every one holds a connection of the pool until its commit. Others that are due follow then. */
const AT_ONCE = 3

const RUN: Readonly<Record<SwitchKind, (id: string, options: SwitchOptions) => Promise<unknown>>> = {
  start: startSchedule,
  end: endSchedule,
}

/** No start waits for an end. */
async function switchSchedules(kind: SwitchKind, signal: AbortSignal): Promise<void> {
  const log = logger('scheduler')
  const underWay = new Map<string, Promise<void>>()
  /** One that waits for its turn has it as soon as another has committed. */
  const committed = new Bell()

  function begin(schedule: string): void {
    const switched = RUN[kind](schedule, { signal })
      .then((done) => {
        if (done) log.info({ schedule, kind }, 'a schedule was switched')
      })
      .catch((error: unknown) =>
        log.warn({ err: error, schedule, kind }, 'a schedule was not switched; it is tried again'),
      )
      .finally(() => {
        if (underWay.size === AT_ONCE) committed.ring()
        underWay.delete(schedule)
      })
    underWay.set(schedule, switched)
  }

  async function look(): Promise<Pause> {
    for (const schedule of await dueSwitches(kind))
      if (underWay.size < AT_ONCE && !underWay.has(schedule)) begin(schedule)
    return { pauseMs: Math.min(POLL_MS, Math.max(20, (await nextDueMs(kind)) ?? POLL_MS)) }
  }

  const failed = (error: unknown) => log.warn({ err: error }, 'schedules could not be read; the next look follows')
  await runPeriodically(look, { everyMs: POLL_MS, signal, failed, bell: committed })
  await Promise.all(underWay.values())
}

export function startScheduler(): void {
  untilShutdown('scheduler', (signal) =>
    Promise.all([switchSchedules('start', signal), switchSchedules('end', signal)]),
  )
}
