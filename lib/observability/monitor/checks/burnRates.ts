/**
 * Alerts by burn rate, as the SRE workbook of Google has them (https://sre.google/workbook/alerting-on-slos/). The
 * objective is what FRESHNESS_P99_BUDGET_MS says: 99 of 100 price changes are in every layer within it. Burn rate 1 uses up
 * the allowance of thirty days in thirty days. The long window says that it matters, the short one that it goes on.
 */
import type { Finding } from '#lib/alerts/finding.ts'
import { showMs } from '../context.ts'

/** Share of changes that may be late. */
const ALLOWED = 0.01
/** Fewer late changes are no rate: each has alerts of its own. */
const LEAST_LATE = 10
const DAYS_OF_ALLOWANCE = 30

/** Seconds, by name. */
export const BURN_WINDOWS = {
  '5 min': 300,
  '30 min': 1_800,
  '1 h': 3_600,
  '2 h': 7_200,
  '6 h': 21_600,
  '1 d': 86_400,
  '3 d': 259_200,
} as const
export type BurnWindow = keyof typeof BURN_WINDOWS

interface BurnAlert {
  readonly long: BurnWindow
  readonly short: BurnWindow
  /** The speed, as a multiple of the allowance. */
  readonly rate: number
  readonly severity: Finding['severity']
}

/** The fastest first. docs/operations/prometheus/rules.yml has the same. */
export const BURN_ALERTS: readonly BurnAlert[] = [
  { long: '1 h', short: '5 min', rate: 14.4, severity: 'critical' },
  { long: '6 h', short: '30 min', rate: 6, severity: 'critical' },
  { long: '1 d', short: '2 h', rate: 3, severity: 'warning' },
  { long: '3 d', short: '6 h', rate: 1, severity: 'warning' },
]

/** Price changes whose time was over in a window. */
export interface ChangeCounts {
  readonly changes: number
  /** The changes that were not in every layer by then. */
  readonly late: number
}

function burnRate({ changes, late }: ChangeCounts): number {
  return changes === 0 ? 0 : late / changes / ALLOWED
}

const percent = ({ changes, late }: ChangeCounts) => `${((100 * late) / changes).toFixed(1)} %`

/** @returns the fastest burn that there is, as one alert: a slower one says nothing more */
export function burnFindings(counts: Readonly<Record<BurnWindow, ChangeCounts>>, budgetMs: number): Finding[] {
  const found = BURN_ALERTS.find(
    ({ long, short, rate }) =>
      counts[long].late >= LEAST_LATE && burnRate(counts[long]) > rate && burnRate(counts[short]) > rate,
  )
  if (!found) return []
  const { long, short, severity } = found
  const rate = burnRate(counts[long])
  return [
    {
      dedupKey: 'freshness',
      kind: 'slo-burn',
      severity,
      summary: `Too many price changes are late: ${percent(counts[long])} of ${counts[long].changes} within ${long}, and ${percent(counts[short])} within ${short}, were not in every layer after ${showMs(budgetMs)}, where ${100 * ALLOWED} % may be. At this rate the allowance of ${DAYS_OF_ALLOWANCE} days is used up in ${(DAYS_OF_ALLOWANCE / rate).toFixed(1)} days.`,
      detail: {
        layer: 'page',
        burnRate: Number(rate.toFixed(1)),
        threshold: found.rate,
        long,
        short,
        windows: Object.fromEntries(
          Object.entries(counts).map(([name, { changes, late }]) => [name, { changes, late }]),
        ),
      },
    },
  ]
}
