/** docs/results/chaos.md, and what is said at the end of a run. */
import { table, tables } from '../coherence/report.ts'
import { FAULTS, type FaultKind } from './draw.ts'
import type { ChaosResult, HealedRound } from './run.ts'

/** Of 95 in 100 samples without a single violation, the true share is below three in so many. */
const RULE_OF_THREE = 3
const MOST_DIFFERENCES = 20

const number = (value: number): string => Math.round(value).toLocaleString('en')

/** The last of the three moments at which the faults of a round are over. */
export const healedMs = ({ convergence: { equalMs, liveMs, believedMs } }: HealedRound): number =>
  Math.max(equalMs, liveMs, believedMs)

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2
}

/** @returns the share of right reads that `reads` without a violation support with 95 % confidence, and its nines */
export function supportedNines(reads: number): { share: number; nines: number } {
  if (reads <= RULE_OF_THREE) return { share: 0, nines: 0 }
  return { share: 1 - RULE_OF_THREE / reads, nines: Math.floor(Math.log10(reads / RULE_OF_THREE)) }
}

export function violationsOf({ history, agreement }: ChaosResult): number {
  return Object.values(history.verdict.counts).reduce((sum, count) => sum + count, agreement.differences.length)
}

function byKind(rounds: readonly HealedRound[]): string {
  const kinds = Object.keys(FAULTS).filter((name): name is FaultKind => name in FAULTS)
  const rows = kinds.map((kind) => {
    const those = rounds.filter(({ round }) => round.some((fault) => fault.kind === kind))
    const heals = those.map(healedMs)
    return [
      `\`${kind}\`: ${FAULTS[kind][0]}`,
      those.length,
      those.filter(({ round }) => round.length > 1).length,
      those.length === 0 ? '-' : median(heals),
      those.length === 0 ? '-' : Math.max(...heals),
    ]
  })
  return table(['fault', 'times', 'of them beside another', 'healed, ms, median', 'most'], rows)
}

/** One line. */
export function summary(result: ChaosResult): string {
  const { seed, rounds, history, campaigns } = result
  const { verdict, writes, counts } = history
  const unchanged = Object.entries(counts.byAnswer)
    .filter(([name]) => name.endsWith('304'))
    .reduce((sum, [, { reads }]) => sum + reads, 0)
  const heals = rounds.map(healedMs)
  const drawn = rounds.flatMap(({ round }) => round)
  const [faults, kinds] = [drawn.length, new Set(drawn.map(({ kind }) => kind)).size]
  return (
    `seed ${seed}: ${number(verdict.reads)} reads (${number(verdict.reads - unchanged)} sent in full, ${number(unchanged)} answered with "not modified") of ${number(verdict.prices)} prices, ${number(verdict.writes)} prices edited (${number(writes.live)} edits live, ${number(writes.propagating)} propagating, ` +
    `${number(writes.refused + writes.unanswered)} refused or lost, ${number(writes.sql)} by SQL), ${campaigns.sales} sales, ${campaigns.csv} files, ${verdict.orders} orders, ` +
    `${faults} faults of ${kinds} kinds in ${rounds.length} rounds, healed after ${number(median(heals))} ms (median), ${number(Math.max(0, ...heals))} ms (most): ${violationsOf(result)} violations`
  )
}

export interface Circumstances {
  readonly machine: string
  readonly command: string
  /** Average of a minute, before the fleet was started and at the end. */
  readonly load: readonly [before: number, after: number]
}

export function document(result: ChaosResult, { machine, command, load }: Circumstances): string {
  const { rounds, history, campaigns, agreement } = result
  const { share, nines } = supportedNines(history.verdict.reads)
  const total = violationsOf(result)
  const supports =
    total === 0
      ? `No violation in ${number(history.verdict.reads)} reads supports, with 95 % confidence, a share of right reads of at least ${(share * 100).toFixed(4)} % (rule of three: 1 − 3/n): ${nines} nines.`
      : 'With violations the sample supports no statement on nines.'
  return `# Chaos: a history over faults that a seed draws

**${total} violations.** ${summary(result)}.

- Run: ${new Date().toISOString()}
- Machine: ${machine}
- Load average of the machine: ${load[0].toFixed(1)} before the fleet was started, ${load[1].toFixed(1)} at the end
- Again: \`${command}\`
- Three web instances, two workers with all roles, Varnish and the prober, on one Postgres and one Redis, each process with connections of its own to them; see
  [chaos](../operations/chaos.md) for what is drawn, what is read and written, and what may be seen.

"Not modified" (304) is said to a reader that holds a page and asks whether it has changed: a promise about each price in it, which is checked as if the page had been
sent. What was sent in full, and what was not, is in the history below.

${supports}

"Healed" counts from the end of a round's faults: until each page of each instance and of the edge is as new as Postgres was then, an edit through each instance is live, and each
instance believes the index. A pair counts in both rows.

${byKind(rounds)}

When all was over: the outbox was empty and each sale had ended after ${number(agreement.quietMs)} ms; ${number(agreement.tags)} tags of the index, ${number(agreement.pages)} pages (each of each web instance,
and through the edge) and ${number(agreement.orderLines)} lines of orders were compared with Postgres: ${agreement.differences.length} differences. ${campaigns.failed} sales, files and orders were refused or had no answer.

${agreement.differences
  .slice(0, MOST_DIFFERENCES)
  .map((one) => `- ${one}`)
  .join('\n')}

## The history

${tables(history)}
`
}
