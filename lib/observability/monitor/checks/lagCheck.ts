/** Lag by layer over a minute, a quarter of an hour and a day, as the ledger has it: metrics alone. Alerts are `burnCheck`'s. */
import { lagOver } from '../../dashboard/lag.ts'
import type { Check } from '../context.ts'
import { monitorMetrics } from '../metrics.ts'

const WINDOWS = { '1m': 60, '15m': 900, '24h': 86_400 } as const
/** A window is read again after this share of it: a day of a busy shop has millions of rows. */
const AGAIN = 0.01

export function lagCheck(): Check {
  const readAt = new Map<string, number>()
  return {
    name: 'lag',
    async run({ db }) {
      const { lag } = monitorMetrics()
      for (const [window, seconds] of Object.entries(WINDOWS)) {
        const now = performance.now()
        const shown = (await lag.get()).values.filter(({ labels }) => labels['window'] === window)
        if (shown.length > 0 && now - (readAt.get(window) ?? -Infinity) < seconds * 1_000 * AGAIN) continue
        const layers = await lagOver(db, seconds)
        readAt.set(window, now)
        for (const { labels } of shown) lag.remove(labels)
        for (const { layer, p50, p95, p99 } of layers) {
          lag.set({ layer, window, quantile: '0.5' }, p50 / 1_000)
          lag.set({ layer, window, quantile: '0.95' }, p95 / 1_000)
          lag.set({ layer, window, quantile: '0.99' }, p99 / 1_000)
        }
      }
      return []
    },
  }
}
