/** The results as docs/results/strategies.md has them. */
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import { SCALED_TTL_MS, type LostPurges, type TtlPoint } from './arithmetic.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { PHASES, type Outcome, type PhaseOutcome } from './load.ts'
import type { Bar } from '../lib/plot.ts'

export const HEAD: Row = [
  'strategy',
  'reads',
  'stale in a million',
  'behind p50',
  'p99',
  'worst',
  ...PHASES,
  'old at the end',
  'prices lost',
  'queries a read',
  'queries',
  'write p50',
  'p99',
]

const duration = (ms: number): string =>
  ms === 0 ? '–' : ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`
const inPhase = ({ stale, worstMs }: PhaseOutcome) => (stale === 0 ? '0' : `${stale}, ${duration(worstMs)}`)
const perMillion = ({ behindMs, reads }: Outcome) => Math.round((1_000_000 * behindMs.length) / Math.max(1, reads))
const percent = (share: number) => `${(100 * share).toFixed(1)} %`

/** @returns 0 where no read was stale */
const behindFor = ({ behindMs }: Outcome, share: number) => (behindMs.length === 0 ? 0 : percentile(behindMs, share))

export function rowOf(outcome: Outcome): Row {
  const { reads, phases } = outcome
  return [
    outcome.strategy,
    reads.toLocaleString('en'),
    perMillion(outcome).toLocaleString('en'),
    ...[0.5, 0.99, 1].map((share) => duration(behindFor(outcome, share))),
    ...PHASES.map((phase) => inPhase(phases[phase])),
    outcome.oldAtTheEnd,
    outcome.lostPrices,
    (outcome.readQueries / Math.max(1, reads)).toFixed(3),
    outcome.queries.toLocaleString('en'),
    duration(outcome.writeP50),
    duration(outcome.writeP99),
  ]
}

export const barOf = (outcome: Outcome): Bar => ({
  name: outcome.strategy,
  value: perMillion(outcome),
  text: `${perMillion(outcome).toLocaleString('en')}; ${outcome.lostPrices > 0 ? `${outcome.lostPrices} prices lost` : duration(behindFor(outcome, 1))}`,
})

export function arithmetic({ edits, lost, oldForMs }: LostPurges, points: readonly TtlPoint[]): string[] {
  const share = oldForMs / SCALED_TTL_MS
  return [
    '## The textbook, measured',
    `Time is scaled by a hundred: a TTL of ${SCALED_TTL_MS / 1_000} s stands for one of a minute.`,
    `**A purge that succeeds in 99 of 100, with a TTL of 60 s.** An edit whose purge is lost is seen for what is left of the TTL: half of it in the mean, where the page is always asked for and edits come at random. So 0.01 × 30 s = 0.3 s an edit. Measured: ${edits} edits of which the purge of ${lost} was lost; such an edit stayed unseen for ${share.toFixed(2)} of the TTL (0.50 expected), so ${(0.01 * share * 60).toFixed(2)} s an edit in the mean. The mean hides the shape: 99 edits at once, and one after ${(share * 60).toFixed(0)} s.`,
    '**Hit ratio, TTL and stale reads.** With λ reads and μ edits a second of a page, both at random, and a TTL of T: hits λT / (1 + λT), and of the hits 1 − (1 − e^−μT) / μT are stale, about μT / 2. Here λ = 8 and μ = 0.4. Doubling the TTL buys few hits and doubles the stale reads.',
    markdownTable(
      ['TTL', 'reads', 'hits', 'expected', 'stale reads', 'expected'],
      points.map((point) => [
        `${point.ttlMs} ms`,
        point.reads,
        percent(point.hits),
        percent(point.hitsExpected),
        percent(point.stale),
        percent(point.staleExpected),
      ]),
    ),
  ]
}

export const EXPLANATION = [
  'Each strategy as its advocates write it (`bench/strategies/known`, with the source), on the same Postgres and Redis: 300 products read by popularity (Zipf, exponent 1) by 12 readers on two web instances (in one process, each with a memory and connections of its own), 40 single edits a second, and a writer in a process of its own. A TTL is 1 s and stands for a minute. Nothing is reset between the phases:',
  "- **bulk**: 200 rows in one statement, three times;\n- **lost message**: 80 edits a second, and one in a hundred of the messages that should make a cache forget does not arrive. The sender gets no confirmation; what it makes of that is the strategy's business;\n- **Redis away**: the proxy before Redis cuts all connections for 0.4 s;\n- **killed**: the writer gets SIGKILL after its edit of 50 prices is accepted and before anything that follows. It is started again after 0.3 s.",
  'A read is **stale** when it began after a newer price was acknowledged; **behind** is the time from the commit that it did not show to its begin, of stale reads only. The price of a writer that was killed counts from its commit. Columns of faults have the stale reads of prices committed in that phase, and the worst. **Old at the end**: pages of 600 (300 in each process) that were old after 1.5 TTLs without an edit. **Prices lost**: acknowledged, and not in Postgres. **Write** is the time of an edit of one price; its p99 is mostly a wait for the rows of a bulk edit.',
  'Write-back is judged by what the cache acknowledged; Postgres is behind it by up to 0.2 s all the time, and what was acknowledged before the kill and not flushed is in "prices lost" unless a later edit of the product covered it.',
]
