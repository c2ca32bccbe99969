import pTimeout from 'p-timeout'
import { collectDefaultMetrics, Counter, Registry, type Metric } from 'prom-client'
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
  /** As they were registered: OpenMetrics has other names for counters. */
  readonly #names: string[] = []
  readonly #failures = new Counter({ ...FAILURES, labelNames: ['metric'], registers: [this] })

  override registerMetric<T extends string>(metric: Metric<T>): void {
    super.registerMetric(metric)
    // Its own counter comes last, with the failures of this very answer.
    if ('name' in metric && typeof metric.name === 'string' && metric.name !== FAILURES.name)
      this.#names.push(metric.name)
  }

  override async metrics(): Promise<string> {
    const names = this.#names.filter((name) => this.getSingleMetric(name) !== undefined)
    const texts = await Promise.all(names.map((name) => this.#text(name)))
    texts.push(await this.#written(FAILURES.name))
    const there = texts.filter((text) => text !== undefined)
    return this.#isOpen() ? `${there.join('\n')}\n# EOF\n` : `${there.join('\n\n')}\n`
  }

  #isOpen(): boolean {
    const contentType: string = this.contentType
    return contentType === Registry.OPENMETRICS_CONTENT_TYPE
  }

  /** In OpenMetrics the samples of a counter end in `_total`, and its name does not: the library writes it twice. */
  async #written(name: string): Promise<string> {
    const text = await this.getSingleMetricAsString(name)
    if (!this.#isOpen() || !text.includes(`# TYPE ${name} counter`)) return text
    return text.replace(/^# (HELP|TYPE) (\w+)_total /gm, '# $1 $2 ').replace(/^(\w+)_total_total(?=[{ ])/gm, '$1_total')
  }

  async #text(name: string): Promise<string | undefined> {
    const message = `not collected within ${COLLECT_WITHIN_MS} ms`
    try {
      return await pTimeout(this.#written(name), { milliseconds: COLLECT_WITHIN_MS, message })
    } catch (error) {
      this.#failures.inc({ metric: name })
      logger('metrics').warn({ err: error, metric: name }, 'a metric was not collected')
      return undefined
    }
  }
}

/** The measures of this process, in Prometheus' terms. */
export function metrics(): Registry {
  return processSingleton('metrics', () => {
    const registry = new PatientRegistry()
    collectDefaultMetrics({ register: registry })
    return registry
  })
}

/**
 * From now on this process answers in OpenMetrics, which Prometheus reads as well, and which has exemplars. To be called before
 * a metric with exemplars is made.
 */
export function useOpenMetrics(): void {
  const registry = metrics()
  // Its types bind a registry to one format for good.
  Reflect.apply(registry.setContentType, registry, [Registry.OPENMETRICS_CONTENT_TYPE])
}
