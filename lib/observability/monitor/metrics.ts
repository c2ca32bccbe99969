/** The measures of the monitor: docs/operations/metrics.md. Times are seconds, as Prometheus wants them. */
import { Counter, Gauge, Histogram } from 'prom-client'
import { metrics } from '#lib/platform/metrics.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'

/** The kinds of repairs: the label of the counter, and the name in the monitor's heartbeat. */
export type Repair =
  | 'redelivered'
  | 'reopened'
  | 'index-advanced'
  | 'index-filled'
  | 'rows-raised'
  | 'payload-removed'
  | 'page-dropped'

function make() {
  const registers = [metrics()]
  return {
    productsBehind: new Gauge({
      name: 'evergreen_products_behind',
      help: 'Products whose newest price the consumer has not applied',
      registers,
    }),
    oldestDrift: new Gauge({
      name: 'evergreen_oldest_drift_seconds',
      help: 'Age of the oldest price change that the consumer has not applied',
      registers,
    }),
    lag: new Gauge({
      name: 'evergreen_freshness_lag_seconds',
      help: 'From the commit of a price change to the first read that showed it, by layer, over a window',
      labelNames: ['layer', 'window', 'quantile'],
      registers,
    }),
    changes: new Counter({
      name: 'evergreen_freshness_changes_total',
      help: 'Price changes whose time to be in every layer is over',
      registers,
    }),
    lateChanges: new Counter({
      name: 'evergreen_freshness_late_changes_total',
      help: 'Those of them that were not in every layer by then',
      registers,
    }),
    outboxRows: new Gauge({ name: 'evergreen_outbox_pending_rows', help: 'Outbox rows that are not done', registers }),
    outboxOldest: new Gauge({
      name: 'evergreen_outbox_oldest_seconds',
      help: 'Age of the oldest outbox row that is not done',
      registers,
    }),
    streamBehind: new Gauge({
      name: 'evergreen_change_stream_behind_bytes',
      help: 'WAL that was written since what the stream of changes has handed on',
      registers,
    }),
    streamRetained: new Gauge({
      name: 'evergreen_change_stream_retained_bytes',
      help: 'WAL that Postgres keeps for the slot of the stream',
      registers,
    }),
    streamSafe: new Gauge({
      name: 'evergreen_change_stream_safe_bytes',
      help: 'WAL that may still be written before the slot is lost; missing where max_slot_wal_keep_size sets no limit',
      registers,
    }),
    queueJobs: new Gauge({
      name: 'evergreen_queue_jobs',
      help: 'Jobs of the invalidation queue, by state',
      labelNames: ['state'],
      registers,
    }),
    queueOldest: new Gauge({
      name: 'evergreen_queue_oldest_seconds',
      help: 'Age of the oldest job that waits for a worker',
      registers,
    }),
    heartbeatAge: new Gauge({
      name: 'evergreen_heartbeat_age_seconds',
      help: 'Since a role last said that it is alive',
      labelNames: ['role'],
      registers,
    }),
    alertsOpen: new Gauge({
      name: 'evergreen_alerts_open',
      help: 'Alerts that are open, by kind',
      labelNames: ['kind'],
      registers,
    }),
    repairs: new Counter({
      name: 'evergreen_monitor_repairs_total',
      help: 'What the monitor put right',
      labelNames: ['repair'],
      registers,
    }),
    tableBytes: new Gauge({
      name: 'evergreen_table_bytes',
      help: 'Size of a table that grows with edits, with its indexes',
      labelNames: ['table'],
      registers,
    }),
    tableRows: new Gauge({
      name: 'evergreen_table_rows',
      help: 'Rows of a table that grows with edits, as Postgres estimates them',
      labelNames: ['table'],
      registers,
    }),
    rowsForgotten: new Counter({
      name: 'evergreen_rows_forgotten_total',
      help: 'Rows that were deleted because nothing needs them any more',
      labelNames: ['table'],
      registers,
    }),
    failures: new Counter({
      name: 'evergreen_monitor_check_failures_total',
      help: 'Checks of the monitor that failed',
      labelNames: ['check'],
      registers,
    }),
    checkSeconds: new Histogram({
      name: 'evergreen_monitor_check_seconds',
      help: 'Time of one check of the monitor, with its repairs',
      labelNames: ['check'],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15],
      registers,
    }),
  }
}

/** Registered on first use: a process that runs no monitor shows none of these. */
export function monitorMetrics(): ReturnType<typeof make> {
  return processSingleton('monitorMetrics', make)
}

/** Forgets the last values of this process once it is not the monitor any more. Counters stay. */
export function forgetGauges(): void {
  const {
    lag,
    queueJobs,
    heartbeatAge,
    alertsOpen,
    productsBehind,
    oldestDrift,
    outboxRows,
    outboxOldest,
    queueOldest,
    streamBehind,
    streamRetained,
    streamSafe,
    tableBytes,
    tableRows,
  } = monitorMetrics()
  for (const gauge of [lag, queueJobs, heartbeatAge, alertsOpen, tableBytes, tableRows]) gauge.reset()
  const single = [
    productsBehind,
    oldestDrift,
    outboxRows,
    outboxOldest,
    queueOldest,
    streamBehind,
    streamRetained,
    streamSafe,
  ]
  for (const gauge of single) gauge.remove()
}

const counted = () => processSingleton('monitorRepairs', () => new Map<Repair, number>())

export function countRepairs(repair: Repair, count: number): void {
  if (count === 0) return
  monitorMetrics().repairs.inc({ repair }, count)
  counted().set(repair, (counted().get(repair) ?? 0) + count)
}

/** Repairs since this process started. */
export function repairsSoFar(): Record<string, number> {
  return Object.fromEntries(counted())
}
