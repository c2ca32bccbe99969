/** The measures of the caching kernel, in Prometheus' terms, under the names of this project. */
import { Counter, Gauge, Histogram } from 'prom-client'
import type { MetricsSink, Sample } from '#lib/coherence/index.ts'
import { metrics } from './metrics.ts'

const PREFIX = 'evergreen_'

type Read = () => readonly Sample[]

export function metricsSink(): MetricsSink {
  /** Two stores publish under one name. */
  const reads = new Map<string, Read[]>()
  /** @returns all that goes by the name, or undefined when it was published before */
  function published(name: string, read: Read): Read[] | undefined {
    const known = reads.get(name)
    if (known) {
      known.push(read)
      return undefined
    }
    const all = [read]
    reads.set(name, all)
    return all
  }
  return {
    counter({ name, help, labels = [] }, read) {
      const all = published(name, read)
      if (!all) return
      const counter: Counter = new Counter({
        name: PREFIX + name,
        help,
        labelNames: labels,
        registers: [metrics()],
        collect() {
          counter.reset()
          for (const sample of all.flatMap((one) => one())) counter.inc(sample.labels ?? {}, sample.value)
        },
      })
    },
    gauge({ name, help, labels = [] }, read) {
      const all = published(name, read)
      if (!all) return
      const gauge: Gauge = new Gauge({
        name: PREFIX + name,
        help,
        labelNames: labels,
        registers: [metrics()],
        collect() {
          gauge.reset()
          for (const sample of all.flatMap((one) => one())) gauge.set(sample.labels ?? {}, sample.value)
        },
      })
    },
    timer({ name, help, labels = [] }, buckets) {
      const histogram = new Histogram({
        name: PREFIX + name,
        help,
        labelNames: labels,
        buckets: [...buckets],
        registers: [metrics()],
      })
      return (given) => histogram.startTimer(given ?? {})
    },
  }
}
