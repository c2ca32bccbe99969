/** Spans over OTLP/HTTP as JSON. Loaded only where they are exported. */
import { hostname } from 'node:os'
import { ROOT_CONTEXT, SpanKind, trace, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { env } from '../env.ts'
import type { SpanExport, TraceIds } from './changeTrace.ts'

/** Milliseconds from a span to its export. */
const EXPORT_EVERY_MS = 1_000
/** Milliseconds until a collector is given up that does not answer: less than a shutdown has. */
const EXPORT_WITHIN_MS = 3_000
/** Spans that wait for it at most, 300 bytes each: what comes beyond is dropped, and the shop waits for nothing. */
const MOST_WAITING = 20_000

/** @param endpoint of a collector, without `/v1/traces` */
export function openExport(service: string, endpoint: string): SpanExport & { close(): Promise<void> } {
  const random = new RandomIdGenerator()
  /** While a root span is made. */
  let root: TraceIds | undefined
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': `evergreen-${service}`,
      'service.instance.id': `${hostname()}:${process.pid}`,
    }),
    // By the id of the trace alone: every process decides the same of a change.
    sampler: new TraceIdRatioBasedSampler(env().OTEL_TRACES_SAMPLER_ARG),
    idGenerator: {
      generateTraceId: () => root?.traceId ?? random.generateTraceId(),
      generateSpanId: () => root?.rootSpanId ?? random.generateSpanId(),
    },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({
          url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
          headers: headers(),
          timeoutMillis: EXPORT_WITHIN_MS,
        }),
        scheduledDelayMillis: EXPORT_EVERY_MS,
        exportTimeoutMillis: EXPORT_WITHIN_MS,
        maxQueueSize: MOST_WAITING,
      }),
    ],
  })
  const tracer = provider.getTracer('evergreen')
  return {
    record({ step, change, startedAt, endedAt, attributes }, ids) {
      const { traceId, rootSpanId } = ids
      const parent = { traceId, spanId: rootSpanId, traceFlags: TraceFlags.SAMPLED, isRemote: true }
      const isRoot = step === 'change'
      root = isRoot ? ids : undefined
      const span = tracer.startSpan(
        step,
        {
          kind: SpanKind.INTERNAL,
          startTime: startedAt,
          attributes: {
            'evergreen.tag': `${change.kind}:${change.id}`,
            'evergreen.version': change.version,
            ...attributes,
          },
        },
        isRoot ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent),
      )
      root = undefined
      // Clocks of several machines may differ.
      const isExported = span.isRecording()
      span.end(endedAt < startedAt ? startedAt : endedAt)
      return isExported
    },
    close: () => provider.shutdown(),
  }
}

/** `name=value,name=value`, as OpenTelemetry spells them. */
function headers(): Record<string, string> {
  const pairs = (env().OTEL_EXPORTER_OTLP_HEADERS ?? '').split(',').flatMap((pair) => {
    const [name = '', ...value] = pair.split('=')
    return name.trim() === '' ? [] : [[name.trim(), decodeURIComponent(value.join('=').trim())]]
  })
  return Object.fromEntries(pairs)
}
