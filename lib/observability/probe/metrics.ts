/** The measures of the prober. */
import { Counter, Gauge, Histogram } from 'prom-client'
import { metrics } from '#lib/platform/metrics.ts'
import { isTracing } from '#lib/platform/tracing/changeTrace.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'

const LAG_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60]

function create() {
  const registers = [metrics()]
  return {
    reads: new Counter({
      name: 'evergreen_probe_reads_total',
      help: 'Reads of pages, by layer, target and verdict',
      labelNames: ['layer', 'target', 'verdict'],
      registers,
    }),
    lag: new Histogram<string>({
      name: 'evergreen_probe_lag_seconds',
      help: 'From the commit of a change to the first read that saw it: an upper bound',
      labelNames: ['layer', 'target'],
      buckets: LAG_BUCKETS,
      enableExemplars: isTracing(),
      registers,
    }),
    mismatches: new Gauge({
      name: 'evergreen_probe_mismatches',
      help: 'Pages that are wrong now and whose time is over',
      registers,
    }),
    unreachable: new Gauge({
      name: 'evergreen_probe_unreachable_targets',
      help: 'Targets that cannot be read',
      registers,
    }),
    waiting: new Gauge({
      name: 'evergreen_probe_waiting_reads',
      help: 'Reads of recent changes that are still to be made',
      registers,
    }),
    skipped: new Counter({
      name: 'evergreen_probe_skipped_reads_total',
      help: 'Reads of changes that were not made within a minute: more changed than the rate allows to read',
      registers,
    }),
    rounds: new Counter({
      name: 'evergreen_probe_rounds_total',
      help: 'Rounds of the prober, by whether they came to their end',
      labelNames: ['outcome'],
      registers,
    }),
  }
}

export function probeMetrics(): ReturnType<typeof create> {
  return processSingleton('probeMetrics', create)
}
