/** Lag by layer over a minute, a quarter of an hour and a day, as the ledger has it. */
import type { Finding } from '#lib/alerts/finding.ts'
import { lagOver } from '../../dashboard/lag.ts'
import { type Check, showMs } from '../context.ts'
import { monitorMetrics } from '../metrics.ts'

const WINDOWS = { '1m': 60, '15m': 900, '24h': 86_400 } as const
/** The window whose p99 is held against the budget: it resolves by itself soon after it is over. */
const ALERT_WINDOW = '1m'

export const lagCheck: Check = {
  name: 'lag',
  async run({ db, budgetMs }) {
    const findings: Finding[] = []
    monitorMetrics().lag.reset()
    for (const [window, seconds] of Object.entries(WINDOWS)) {
      for (const { layer, samples, p50, p95, p99, max } of await lagOver(db, seconds)) {
        for (const [quantile, ms] of [
          ['0.5', p50],
          ['0.95', p95],
          ['0.99', p99],
        ] as const)
          monitorMetrics().lag.set({ layer, window, quantile }, ms / 1000)
        if (window !== ALERT_WINDOW || p99 <= budgetMs) continue
        findings.push({
          dedupKey: `layer:${layer}`,
          kind: 'lag-p99',
          severity: 'critical',
          summary: `The ${layer} layer showed changes late: p99 ${showMs(p99)} over the last minute, where the budget is ${showMs(budgetMs)}.`,
          detail: { layer, window, samples, p50, p95, p99, max, budgetMs },
        })
      }
    }
    return findings
  },
}
