/** The steps of delivery in the traces of changes: docs/operations/tracing.md. */
import { isTracing, recordStep, type Step, type TracedStep } from '#lib/platform/tracing/changeTrace.ts'
import type { LayerReport } from './ledger.ts'
import type { OutboxRow } from './outbox.ts'

type Times = Pick<TracedStep, 'startedAt' | 'endedAt' | 'attributes'>

function record(step: Step, row: OutboxRow, { attributes, ...times }: Times): void {
  const change = (id: number, i: number) => ({ kind: row.topic, id, version: Number(row.versions[i]) })
  const correlationId = row.correlationId ?? undefined
  for (const [i, id] of row.entityIds.entries())
    recordStep({
      step,
      change: change(id, i),
      attributes: { 'evergreen.correlation_id': correlationId, ...attributes },
      ...times,
    })
}

/** The relay has handed the rows to the queue. */
export function traceHandedOver(rows: readonly OutboxRow[]): void {
  if (!isTracing()) return
  const now = new Date()
  for (const row of rows) {
    record('trigger', row, { startedAt: row.createdAt, endedAt: row.createdAt })
    record('relay', row, { startedAt: row.createdAt, endedAt: now, attributes: { 'evergreen.attempt': row.attempts } })
  }
}

/** A job, or the edge's delivery, has read layers back. */
export function traceReports(
  rows: readonly OutboxRow[],
  reports: readonly LayerReport[],
  job: { readonly id: string; readonly attempt: number },
): void {
  if (!isTracing()) return
  for (const { layer, durationMs, readAt, verified, outboxIds } of reports) {
    const attributes = { 'evergreen.job': job.id, 'evergreen.attempt': job.attempt, 'evergreen.verified': verified }
    const startedAt = new Date(readAt.getTime() - durationMs)
    for (const row of rows) {
      if (outboxIds && !outboxIds.includes(row.id)) continue
      // Mostly the writer or the relay raised it, before the job looked.
      const raised = layer === 'index' && row.indexedAt ? { startedAt: row.createdAt, endedAt: row.indexedAt } : {}
      record(layer, row, { startedAt, endedAt: readAt, attributes, ...raised })
    }
  }
}

/** Delivery is done with the rows: the span that all others are under, from the commit until now. */
export function traceClosed(rows: readonly OutboxRow[]): void {
  if (!isTracing()) return
  const endedAt = new Date()
  for (const row of rows) record('change', row, { startedAt: row.createdAt, endedAt })
}
