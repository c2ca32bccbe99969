/** docs/results/chaos.md, and what is said at the end of a run. */
import { CONVERGED_WITHIN_MS } from '../coherence/outage.ts'
import { PLACES } from '../coherence/readings.ts'
import { table, tables } from '../coherence/report.ts'
import { describeFault, FAULTS, type FaultKind } from './draw.ts'
import type { ChaosResult, HealedRound } from './run.ts'

/** Of 95 in 100 samples without a single violation, the true share is below three in so many. */
const RULE_OF_THREE = 3
const MOST_DIFFERENCES = 20
const GOAL_READS = 10_000_000

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

const isLate = (healed: HealedRound): boolean => healedMs(healed) > CONVERGED_WITHIN_MS

/** Places in which no read named a price, and kinds of acts that never came through: nothing is proved about them. */
function unproved({ history, campaigns, agreement }: ChaosResult): string[] {
  const { sales, csv, orders } = campaigns
  const acts = { sale: sales - agreement.missedSales, file: csv, order: orders }
  const never = Object.entries(acts).flatMap(([what, count]) => (count > 0 ? [] : [`no ${what} came through`]))
  // The products that are read need not be of a group.
  const unread = PLACES.filter((place) => place !== 'group' && !history.counts.byPlace[place])
  return [...never, ...unread.map((place) => `no read named a price in its place \`${place}\``)]
}

/** @returns what was not as promised beside what readers saw, each in words */
function broken(result: ChaosResult): string[] {
  const { calm, rounds } = result
  const late = rounds.flatMap((healed, i) => {
    if (!isLate(healed)) return []
    const { equalMs, liveMs, believedMs } = healed.convergence
    return [
      `round ${i + 1} healed after more than ${number(CONVERGED_WITHIN_MS)} ms (equal ${number(equalMs)}, live ${number(liveMs)}, believed ${number(believedMs)}): ${healed.round.map(describeFault).join('; ')}`,
    ]
  })
  const costly = calm.renders === 0 ? [] : [`${calm.edits} edits without a fault rendered ${calm.renders} pages`]
  const dead = calm.edits === 0 ? ['no edit without a fault was live'] : costly
  return [...dead, ...late, ...unproved(result)]
}

/** All that was not as promised: what readers saw, differences between layers, rounds that healed late, edits that rendered pages. */
export function violationsOf(result: ChaosResult): number {
  const { history, agreement } = result
  return Object.values(history.verdict.counts).reduce(
    (sum, count) => sum + count,
    agreement.differences.length + broken(result).length,
  )
}

const kindsOf = (rounds: readonly HealedRound[]): Set<FaultKind> =>
  new Set(rounds.flatMap(({ round }) => round.map(({ kind }) => kind)))

/** A sentence on the faults that nothing felt in any round. */
function unfelt(rounds: readonly HealedRound[]): string {
  const felt = kindsOf(rounds.filter((healed) => healed.felt > 0))
  const never = [...kindsOf(rounds)].filter((kind) => !felt.has(kind))
  if (never.length === 0) return 'Each kind of fault was felt in a round at least.'
  return `**Never felt**, so that nothing was proved about them: ${never.map((kind) => `\`${kind}\``).join(', ')}.`
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
      those.filter(({ felt }) => felt > 0).length,
    ]
  })
  return table(['fault', 'times', 'of them beside another', 'healed, ms, median', 'most', 'felt'], rows)
}

/** Reads that were answered with "not modified". */
function unchangedOf({ history: { counts } }: ChaosResult): number {
  return Object.entries(counts.byAnswer)
    .filter(([name]) => name.endsWith('304'))
    .reduce((sum, [, { reads }]) => sum + reads, 0)
}

/** The nines that the sample supports: of all reads, and of those whose answer was sent in full. */
function supports(result: ChaosResult): string {
  if (violationsOf(result) > 0) return 'With violations the sample supports no statement on nines.'
  const { reads } = result.history.verdict
  const shareOf = (count: number): string => {
    const { share, nines } = supportedNines(count)
    return `at least ${(share * 100).toFixed(4)} % (${nines} nines)`
  }
  const full = reads - unchangedOf(result)
  return `No violation in ${number(reads)} reads supports, with 95 % confidence, a share of right reads of ${shareOf(reads)}; the ${number(full)} that were sent in full support
${shareOf(full)}. This is the rule of three, 1 − 3/n, which assumes reads that are independent of each other. These are not: many follow the same edit or the same fault,
so a sample of as many independent reads would say more.`
}

/** One line. */
export function summary(result: ChaosResult): string {
  const { seed, rounds, history, campaigns } = result
  const { verdict, writes } = history
  const unchanged = unchangedOf(result)
  const heals = rounds.map(healedMs)
  const [faults, kinds] = [rounds.flatMap(({ round }) => round).length, kindsOf(rounds).size]
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
  const { calm, rounds, history, campaigns, agreement } = result
  const total = violationsOf(result)
  return `# Chaos: a history over faults that a seed draws

**${total} violations.** ${summary(result)}.

- Run: ${new Date().toISOString()}
- Machine: ${machine}
- Load average of the machine: ${load[0].toFixed(1)} before the fleet was started, ${load[1].toFixed(1)} at the end
- Goal: no violation in ${number(GOAL_READS)} checked reads
- ${rounds.filter((healed) => !isLate(healed)).length} of ${rounds.length} rounds healed within the ${number(CONVERGED_WITHIN_MS)} ms that are promised.
- Without a fault ${calm.edits} edits rendered ${calm.renders} pages; the promise is none.
- Again: \`${command}\`. Without root on Linux the same seed draws other faults: those of a full disk are not among them.
${broken(result)
  .map((one) => `- Violation: ${one}\n`)
  .join(
    '',
  )}- Three web instances, two workers with all roles, Varnish and the prober, on one Postgres and one Redis, each process with connections of its own to them; see
  [chaos](../operations/chaos.md) for what is drawn, what is read and written, and what may be seen.

"Not modified" (304) is said to a reader that holds a page and asks whether it has changed: a promise about each price in it, which is checked as if the page had been
sent. What was sent in full, and what was not, is in the history below.

${supports(result)}

"Healed" counts from the end of a round's faults: until each page of each instance and of the edge is as new as Postgres was then, an edit through each instance is live, and each
instance believes the index. A pair counts in both rows. A round was felt when a read had no answer, or one that was not confirmed, an edit was refused, lost or not live at once, or the index began a new
term. ${unfelt(rounds)}

${byKind(rounds)}

When all was over: the outbox was empty and each sale had ended after ${number(agreement.quietMs)} ms; ${number(agreement.tags)} tags of the index, ${number(agreement.payloads)} payloads, ${number(agreement.pages)} pages (each of each web instance
and through the edge, in every language, in ${number(agreement.pagesMs / 1_000)} s) and ${number(agreement.orderLines)} lines of orders were compared with Postgres, and stock with all orders: ${agreement.differences.length} differences. Each approved file and both commits of each planned sale were looked for there, too; ${agreement.missedSales} sales were not begun, because their
whole time had passed while stores or workers were away. ${campaigns.failed} sales, files and orders were refused or had no answer.

${agreement.differences
  .slice(0, MOST_DIFFERENCES)
  .map((one) => `- ${one}`)
  .join('\n')}

## The history

${tables(history)}
`
}
