/** What caches hear of a switch before and after its commit: every page shows it at once, and no outer cache anything older. */
import { edge } from '#lib/cdn/edgePort.ts'
import { coherence } from '#lib/catalog/coherence.ts'
import type { SwitchedPrice } from './switch.ts'

/** Milliseconds before the commit at which an edge hears of it: 40,000 versions take Varnish 140 ms, and our Worker 10. */
export const EDGE_LEAD_MS = 600

/** Whether there is an edge that hears of versions before they are shown. */
export const edgeListens = (): boolean => edge()?.immediate === true

/**
 * To be called shortly before the commit.
 * @param prices as they will be; none where no edge listens
 * @returns to be called after the commit; true when each read that starts from then on shows it
 */
export function switchNears(prices: readonly SwitchedPrice[]): Promise<() => Promise<boolean>> {
  return coherence().publisher.beforeCommit(
    prices.map(({ productId, version }) => ({ kind: 'price', id: productId, version: Number(version) })),
  )
}
