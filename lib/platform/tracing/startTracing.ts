/** Exports spans to OTEL_EXPORTER_OTLP_ENDPOINT where it is set; else nothing is loaded. */
import { env } from '../env.ts'
import { useOpenMetrics } from '../metrics.ts'
import { processSingleton } from '../process/processSingleton.ts'
import { onShutdown } from '../process/shutdown.ts'
import { SPAN_EXPORT } from './changeTrace.ts'

/** Before the process does anything that has a step. @param service the kind of process */
export async function startTracing(service: 'web' | 'worker' | 'prober'): Promise<void> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = env()
  if (endpoint === undefined) return
  const { openExport } = await import('./otlpExport.ts')
  const spans = openExport(service, endpoint)
  processSingleton(SPAN_EXPORT, () => spans)
  // Exemplars exist in OpenMetrics alone.
  useOpenMetrics()
  onShutdown('tracing', () => spans.close())
}
