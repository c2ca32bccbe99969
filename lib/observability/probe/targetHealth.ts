/** Finds targets that cannot be read. Such a target may be fresh or stale, so it gets an alert of its own. */
import type { Finding } from '#lib/alerts/finding.ts'
import { judgeAnswer } from '#lib/verification/judge.ts'
import type { ReadTask } from './reading.ts'

/** One answer that is lost is no layer that is away, nor are many that are lost in one moment. */
const FAILURES_IN_A_ROW = 3
const AWAY_MS = 3_000

interface Health {
  failures: number
  /** The time of the first of these failures. */
  failingSince: Date
  last: ReadTask
}

export class TargetHealth {
  readonly #targets = new Map<string, Health>()

  note(reading: ReadTask): void {
    const { name } = reading.task.target
    const failed = reading.page.status === undefined || reading.page.status >= 500
    const known = this.#targets.get(name)
    const before = known?.failures ?? 0
    this.#targets.set(name, {
      failures: failed ? before + 1 : 0,
      failingSince: known && before > 0 ? known.failingSince : reading.readAt,
      last: reading,
    })
  }

  isUnreachable(name: string): boolean {
    const known = this.#targets.get(name)
    return (
      known !== undefined &&
      known.failures >= FAILURES_IN_A_ROW &&
      known.last.readAt.getTime() - known.failingSince.getTime() >= AWAY_MS
    )
  }

  /** A web instance that is away has no feed either: that is one alert. One whose pages have just begun to fail may be away. */
  findings(): Finding[] {
    const others = [...this.#targets.values()].filter(({ last: { task } }) => task.target.layer !== 'feed')
    const failing = new Set(others.flatMap(({ failures, last: { task } }) => (failures > 0 ? task.target.url : [])))
    return [...this.#targets]
      .filter(([name]) => this.isUnreachable(name))
      .filter(
        ([
          ,
          {
            last: { task },
          },
        ]) => task.target.layer !== 'feed' || !failing.has(task.target.url),
      )
      .map(
        ([
          name,
          {
            failures,
            last: { task, page },
          },
        ]) => ({
          dedupKey: `unreachable:${name}`,
          kind: 'layer-unreachable',
          severity: 'critical',
          summary: `${name} (${task.target.layer}) cannot be probed: ${judgeAnswer(page)?.why ?? ''}`,
          detail: {
            layer: task.target.layer,
            target: name,
            url: task.target.url,
            error: page.failure?.message ?? null,
            status: page.status ?? null,
            failures,
          },
        }),
      )
  }
}
