/**
 * One trace for each change: from the edit to the open tab. Every layer knows the versioned tag of a change, `price:42@8`: it
 * stands in the outbox, the index, the log that instances follow and the stream of open tabs. So the ids of trace and root span
 * are made from it, and nothing else travels: a write by psql has a trace, too. Off, a span costs the look-up of a name.
 */
import { createHmac } from 'node:crypto'
import { versionedTag, type VersionedTag } from '#lib/coherence/tags.ts'
import { env } from '../env.ts'
import { singletonIfCreated } from '../process/processSingleton.ts'

/** The steps of a change, as the guide lists them: docs/operations/tracing.md. */
export type Step =
  | 'change'
  | 'edit'
  | 'trigger'
  | 'publish'
  | 'relay'
  | 'index'
  | 'redis'
  | 'page'
  | 'instance'
  | 'edge'
  | 'tab'
  | 'probe'

export interface TracedStep {
  readonly step: Step
  readonly change: VersionedTag
  readonly startedAt: Date
  readonly endedAt: Date
  readonly attributes?: Readonly<Record<string, string | number | boolean | undefined>>
}

export interface TraceIds {
  readonly traceId: string
  /** The id of the step `change`, which every other is under. */
  readonly rootSpanId: string
}

/** The span exporter of this process. `startTracing` sets it. */
export interface SpanExport {
  /** @returns whether the trace is among those that are exported */
  record(step: TracedStep, ids: TraceIds): boolean
}

/** The name under which a process keeps it. */
export const SPAN_EXPORT = 'spanExport'

const exported = () => singletonIfCreated<SpanExport>(SPAN_EXPORT)

/** Whether steps are exported. Ask before work that is done for a trace alone. */
export function isTracing(): boolean {
  return exported() !== undefined
}

/** The same in every process of a shop, and another in another shop. */
export function traceIds({ kind, id, version }: VersionedTag): TraceIds {
  const hash = createHmac('sha256', env().EDGE_SECRET)
    .update(`trace ${versionedTag(kind, id, version)}`)
    .digest('hex')
  return { traceId: hash.slice(0, 32), rootSpanId: hash.slice(32, 48) }
}

/** Records a step where the process exports spans; else nothing. @returns the id of the trace that the step now stands in, if any */
export function recordStep(step: TracedStep): string | undefined {
  const spans = exported()
  if (!spans) return undefined
  const ids = traceIds(step.change)
  return spans.record(step, ids) ? ids.traceId : undefined
}
