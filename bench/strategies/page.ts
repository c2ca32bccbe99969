/** The results as a table. */
import type { Row } from '../lib/report.ts'
import { quantile } from './judge.ts'
import { PHASES, type Outcome, type PhaseOutcome } from './load.ts'

export const HEAD: Row = [
  'strategy',
  'stale reads in a million',
  'behind p50',
  'p99',
  'worst',
  ...PHASES,
  'old at the end',
  'queries a read',
  'queries',
  'write p50',
  'p99',
]

export const duration = (ms: number): string =>
  ms === 0 ? '–' : ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`

const inPhase = ({ stale, worstMs }: PhaseOutcome) => (stale === 0 ? '0' : `${stale}, ${duration(worstMs)}`)
const perMillion = (some: number, all: number) => Math.round((1_000_000 * some) / Math.max(1, all)).toLocaleString('en')

export function rowOf(outcome: Outcome): Row {
  const { behindMs, reads, phases } = outcome
  return [
    outcome.strategy,
    perMillion(behindMs.length, reads),
    ...[0.5, 0.99, 1].map((share) => duration(quantile(behindMs, share))),
    ...PHASES.map((phase) => inPhase(phases[phase])),
    outcome.oldAtTheEnd,
    (outcome.readQueries / Math.max(1, reads)).toFixed(3),
    outcome.queries.toLocaleString('en'),
    duration(outcome.writeP50),
    duration(outcome.writeP99),
  ]
}
