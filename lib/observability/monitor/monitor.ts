/**
 * One round of the monitor: every check reads and repairs what it can, and its alerts follow what it found. Between rounds
 * it glances at Redis, where a fault must raise an alert within ten seconds, however long a round is.
 */
import pTimeout from 'p-timeout'
import { env } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import { raiseAlerts, reconcileAlerts, type Scope } from '#lib/alerts/reconcile.ts'
import type { Check, MonitorContext } from './context.ts'
import { bodyRoomCheck } from './checks/bodyRoomCheck.ts'
import { burnCheck } from './checks/burnCheck.ts'
import { changeStreamCheck } from './checks/changeStreamCheck.ts'
import { deliveryCheck, queueCheck } from './checks/deliveryCheck.ts'
import { driftCheck } from './checks/driftCheck.ts'
import { indexCheck } from './checks/indexCheck.ts'
import { indexPayloadCheck } from './checks/indexPayloadCheck.ts'
import { lagCheck } from './checks/lagCheck.ts'
import { forgetGauges, monitorMetrics, repairsSoFar } from './metrics.ts'
import { pageCheck } from './checks/pageCheck.ts'
import { purgeCheck } from './checks/purgeCheck.ts'
import { quarantineCheck } from './checks/quarantineCheck.ts'
import { retentionCheck } from './checks/retentionCheck.ts'
import { scheduleCheck } from './checks/scheduleCheck.ts'
import { redisCheck } from './checks/redisCheck.ts'
import type { KnownTerm } from './checks/termWatch.ts'
import { webCheck } from './checks/webCheck.ts'

/** Milliseconds from one glance to the next, where rounds are not shorter. */
const GLANCE_MS = 2_000
/** An alert is resolved when so many rounds, or glances, did not find it. */
const QUIET_ROUNDS = 1.5

export class Monitor {
  readonly #context: MonitorContext
  readonly #redis = redisCheck()
  readonly #checks: readonly Check[]
  readonly #running = new Set<Check>()

  constructor(context: MonitorContext, checks?: readonly Check[]) {
    this.#context = context
    this.#checks = checks ?? [
      indexCheck(),
      driftCheck(),
      deliveryCheck(),
      queueCheck,
      lagCheck(),
      burnCheck,
      indexPayloadCheck,
      pageCheck,
      purgeCheck,
      quarantineCheck,
      scheduleCheck,
      webCheck(),
      retentionCheck(),
      bodyRoomCheck,
      ...(env().PRICE_EVENTS === 'cdc' ? [changeStreamCheck()] : []),
    ]
  }

  /**
   * Every check at once, and waited for no longer than a round: one that waits for something that hangs keeps no other,
   * and goes on in the background. A check that fails leaves its alerts as they are.
   * @param stop ends the wait: every check can be left in the middle, the next monitor begins anew
   */
  async round(stop: AbortSignal): Promise<void> {
    await this.#runAll(this.#checks, this.#context.intervalMs, stop)
    const open = await this.#context.db.alert.groupBy({ by: ['kind'], where: { resolvedAt: null }, _count: true })
    monitorMetrics().alertsOpen.reset()
    for (const { kind, _count } of open) monitorMetrics().alertsOpen.set({ kind }, _count)
  }

  /** Milliseconds from one glance to the next. */
  get glanceMs(): number {
    return Math.min(GLANCE_MS, this.#context.intervalMs)
  }

  /** Looks at the Redis of the version index alone. @param stop as of `round` */
  async glance(stop: AbortSignal): Promise<void> {
    await this.#runAll([this.#redis], this.glanceMs, stop)
  }

  /** For the heartbeat: what the next monitor has to know, and what people ask first. */
  state(): { repairs: Record<string, number>; index?: KnownTerm } {
    const index = this.#redis.known()
    return { repairs: repairsSoFar(), ...(index && { index }) }
  }

  /** Called on a process that is not the monitor any more: another one knows more by the time that it is again. */
  forget(): void {
    this.#redis.forget()
    forgetGauges()
  }

  async #runAll(checks: readonly Check[], everyMs: number, stop: AbortSignal): Promise<void> {
    const due = checks.filter((check) => !this.#running.has(check))
    const all = Promise.all(due.map((check) => this.#run(check, everyMs)))
    await pTimeout(all, { milliseconds: everyMs, message: false, signal: stop }).catch(() => undefined) // it was stopped
  }

  async #run(check: Check, everyMs: number): Promise<void> {
    this.#running.add(check)
    const { db } = this.#context
    const end = monitorMetrics().checkSeconds.startTimer({ check: check.name })
    try {
      const scope: Scope = check.scope ?? `monitor:${check.name}`
      const findings = await check.run(this.#context, async (found) => void (await raiseAlerts(db, scope, found)))
      await reconcileAlerts(db, scope, findings, { quietMs: everyMs * QUIET_ROUNDS })
    } catch (error) {
      monitorMetrics().failures.inc({ check: check.name })
      logger('monitor').warn({ err: error, check: check.name }, 'a check failed; it is repeated')
    } finally {
      this.#running.delete(check)
      end()
    }
  }
}
