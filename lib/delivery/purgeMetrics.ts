/** Measures purges: docs/operations/metrics.md. */
import { Counter } from 'prom-client'
import { metrics } from '#lib/platform/metrics.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import { LAYERS, type Layer, type LayerReport } from './ledger.ts'

function make() {
  const counter = new Counter({
    name: 'evergreen_purges_total',
    help: 'Changed rows that a layer was asked to forget, by what a read of the layer showed afterwards',
    labelNames: ['layer', 'outcome'],
    registers: [metrics()],
  })
  // A ratio of what is not there yet is none.
  for (const layer of LAYERS) for (const outcome of ['shown', 'failed']) counter.inc({ layer, outcome }, 0)
  return counter
}

/** To be called when the process starts, so that the counters are there before the first purge. */
export const purgeCounter = () => processSingleton('purge-metrics', make)

/**
 * Counts one try. A failed purge is tried again, and each try counts.
 * @param shown whether the layer was read afterwards and showed at least the versions
 * @param rows how many the try was about
 */
export function countPurges(layer: Layer, shown: boolean, rows: number): void {
  purgeCounter().inc({ layer, outcome: shown ? 'shown' : 'failed' }, rows)
}

/** The same for what a job reports of its layers. */
export function countReports(reports: readonly LayerReport[]): void {
  for (const { layer, verified, entities } of reports) countPurges(layer, verified, entities)
}
