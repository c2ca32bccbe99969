/** Which targets can be read at all. One that cannot says nothing of freshness, and that is an alert of its own. */
import type { Finding } from '#lib/alerts/finding.ts'
import type { ProbeReading } from './reading.ts'

/** One answer that is lost is no layer that is away. */
const FAILURES_IN_A_ROW = 3

interface Health {
  failures: number
  last: ProbeReading
}

export class TargetHealth {
  readonly #targets = new Map<string, Health>()

  note(reading: ProbeReading): void {
    const { name } = reading.task.target
    const failed = reading.page.status === undefined || reading.page.status >= 500
    this.#targets.set(name, { failures: failed ? (this.#targets.get(name)?.failures ?? 0) + 1 : 0, last: reading })
  }

  isUnreachable(name: string): boolean {
    return (this.#targets.get(name)?.failures ?? 0) >= FAILURES_IN_A_ROW
  }

  findings(): Finding[] {
    return [...this.#targets]
      .filter(([name]) => this.isUnreachable(name))
      .map(
        ([
          name,
          {
            failures,
            last: { task, page, judged },
          },
        ]) => ({
          dedupKey: `unreachable:${name}`,
          kind: 'layer-unreachable',
          severity: 'critical',
          summary: `${name} (${task.target.layer}) cannot be probed: ${judged.why}`,
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
