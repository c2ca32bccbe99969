/** One round of the monitor: every check reads and repairs what it can, and its alerts follow what it found. */
import { setTimeout as delay } from 'node:timers/promises'
import { logger } from '#lib/platform/logger.ts'
import { raiseAlerts, reconcileAlerts, type Scope } from '#lib/alerts/reconcile.ts'
import type { Check, MonitorContext } from './context.ts'
import { deliveryCheck, queueCheck } from './checks/deliveryCheck.ts'
import { driftCheck } from './checks/driftCheck.ts'
import { indexCheck } from './checks/indexCheck.ts'
import { lagCheck } from './checks/lagCheck.ts'
import { monitorMetrics, repairsSoFar } from './metrics.ts'
import { pageCheck } from './checks/pageCheck.ts'
import { payloadCheck } from './checks/payloadCheck.ts'
import { purgeCheck } from './checks/purgeCheck.ts'
import { redisCheck } from './checks/redisCheck.ts'
import { webCheck } from './checks/webCheck.ts'

/** An alert is resolved when so many rounds did not find it. */
const QUIET_ROUNDS = 1.5

export class Monitor {
  readonly #context: MonitorContext
  readonly #redis = redisCheck()
  readonly #checks: readonly Check[]
  readonly #running = new Set<Check>()

  constructor(context: MonitorContext, checks?: readonly Check[]) {
    this.#context = context
    this.#checks = checks ?? [
      this.#redis,
      indexCheck(),
      driftCheck(),
      deliveryCheck(),
      queueCheck,
      lagCheck,
      payloadCheck,
      pageCheck,
      purgeCheck,
      webCheck(),
    ]
  }

  /**
   * Every check at once, and waited for no longer than a round: one that waits for something that hangs keeps no other,
   * and goes on meanwhile. A check that fails leaves its alerts as they are.
   * @param stop ends the wait: whatever a check does can be left in the middle, the next monitor begins anew
   */
  async round(stop: AbortSignal): Promise<void> {
    const due = this.#checks.filter((check) => !this.#running.has(check))
    const patience = new AbortController()
    const round = delay(this.#context.intervalMs, undefined, {
      signal: AbortSignal.any([patience.signal, stop]),
    }).catch(() => undefined)
    await Promise.race([Promise.all(due.map((check) => this.#run(check))), round])
    patience.abort()
    const open = await this.#context.db.alert.groupBy({ by: ['kind'], where: { resolvedAt: null }, _count: true })
    monitorMetrics().alertsOpen.reset()
    for (const { kind, _count } of open) monitorMetrics().alertsOpen.set({ kind }, _count)
  }

  /** For the heartbeat: what the next monitor has to know, and what people ask first. */
  state(): { repairs: Record<string, number>; redis?: { runId: string; dataSet: string } } {
    const identity = this.#redis.identity()
    return { repairs: repairsSoFar(), ...(identity && { redis: { ...identity } }) }
  }

  async #run(check: Check): Promise<void> {
    this.#running.add(check)
    const { db, intervalMs } = this.#context
    const end = monitorMetrics().checkSeconds.startTimer({ check: check.name })
    try {
      const scope: Scope = check.scope ?? `monitor:${check.name}`
      const findings = await check.run(this.#context, async (found) => void (await raiseAlerts(db, scope, found)))
      await reconcileAlerts(db, scope, findings, { quietMs: intervalMs * QUIET_ROUNDS })
    } catch (error) {
      monitorMetrics().failures.inc({ check: check.name })
      logger('monitor').warn({ err: error, check: check.name }, 'a check failed; it is repeated')
    } finally {
      this.#running.delete(check)
      end()
    }
  }
}
