import { collectDefaultMetrics, Counter, Registry } from 'prom-client'
import { logger } from './logger.ts'
import { processSingleton } from './process/processSingleton.ts'

const FAILURES = {
  name: 'evergreen_metrics_failures_total',
  help: 'Times that a metric could not be collected; it is missing from that answer',
}
/** Milliseconds that a collector may take: less than Prometheus waits. */
const COLLECT_WITHIN_MS = 2_000

/** Answers with what it has: one collector that fails, or hangs, takes away its own metric and no other. */
class PatientRegistry extends Registry {
  readonly #failures = new Counter({ ...FAILURES, labelNames: ['metric'], registers: [this] })

  override async metrics(): Promise<string> {
    const names = this.getMetricsAsArray()
      .map(({ name }) => name)
      .filter((name) => name !== FAILURES.name)
    const texts = await Promise.all(names.map((name) => this.#text(name)))
    texts.push(await this.getSingleMetricAsString(FAILURES.name)) // with those of this very answer
    return `${texts.filter((text) => text !== undefined).join('\n\n')}\n`
  }

  async #text(name: string): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`not collected within ${COLLECT_WITHIN_MS} ms`)), COLLECT_WITHIN_MS)
    })
    try {
      return await Promise.race([this.getSingleMetricAsString(name), late])
    } catch (error) {
      this.#failures.inc({ metric: name })
      logger('metrics').warn({ err: error, metric: name }, 'a metric was not collected')
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }
}

/** What this process measures, in Prometheus' terms. */
export function metrics(): Registry {
  return processSingleton('metrics', () => {
    const registry = new PatientRegistry()
    collectDefaultMetrics({ register: registry })
    return registry
  })
}
