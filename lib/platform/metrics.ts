import { collectDefaultMetrics, Registry } from 'prom-client'
import { processSingleton } from './processSingleton.ts'

/** What this process measures, in Prometheus' terms. */
export function metrics(): Registry {
  return processSingleton('metrics', () => {
    const registry = new Registry()
    collectDefaultMetrics({ register: registry })
    return registry
  })
}
