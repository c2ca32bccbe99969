/** A run in words: for a failed test, for a terminal, for docs/results. */
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import { STALE_BEHIND_MS } from './checker.ts'
import { INVARIANTS, type Invariant, type Violation } from './history.ts'
import type { RunResult } from './run.ts'

/** The smallest history that shows the violation. */
export function describe({ invariant, productId, read, shown, against }: Violation): string {
  const nothing = invariant === 'refused' ? 'no page' : 'a response that contradicts itself'
  const seen = shown ? `version ${shown.version}, ${shown.amountCents} cents` : nothing
  return [
    `${invariant}: ${INVARIANTS[invariant]}; product ${productId || '?'}`,
    `  ${read.client} read ${read.instance}${read.url} from ${read.start.toFixed(1)} ms to ${read.end.toFixed(1)} ms and saw ${seen}`,
    `  but ${against}`,
  ].join('\n')
}

const number = (value: number): string => Math.round(value).toLocaleString('en')

/** A Markdown table with numbers as people write them. */
export function table(head: Row, rows: readonly Row[]): string {
  return markdownTable(
    head,
    rows.map((row) => row.map((cell) => (typeof cell === 'number' ? number(cell) : cell))),
  )
}

function counted(title: string, counts: Readonly<Record<string, number>>): string {
  return table(
    [title, 'count'],
    Object.entries(counts).toSorted(([, a], [, b]) => b - a),
  )
}

function isInvariant(name: string): name is Invariant {
  return name in INVARIANTS
}

const ANSWERS: Readonly<Record<string, string>> = {
  'page, 200': 'a page, sent in full',
  'page, 304': 'a page, "not modified" (304): each price on the page that the reader holds',
  'feed, 200': 'a part of the feed, sent in full',
  'feed, 304': 'a part of the feed, "not modified"',
  'api, 200': 'an answer of the price API, sent in full',
  'api, 304': 'an answer of the price API, "not modified"',
}

function byAnswer(counts: RunResult['counts']['byAnswer'], { reads, prices }: RunResult['verdict']): string {
  const rows = Object.entries(counts).map(([name, same]) => [ANSWERS[name] ?? name, same.reads, same.prices] as const)
  const sum = (column: 1 | 2) => rows.reduce((total, row) => total + row[column], 0)
  const others = ['a cart, the form of a checkout, an order', reads - sum(1), prices - sum(2)] as const
  return table(
    ['answered with', 'reads', 'prices'],
    [...rows, others].toSorted((a, b) => b[1] - a[1]),
  )
}

/** The tables of a run, in Markdown. */
export function tables({ seconds, counts, writes, verdict }: RunResult): string {
  const invariants = Object.entries(verdict.counts).map(
    ([name, count]) => [isInvariant(name) ? INVARIANTS[name] : name, count] as const,
  )
  return [
    table(
      ['checked', 'count'],
      [
        ['reads', verdict.reads],
        ['prices in them', verdict.prices],
        ['edits through the API, live', writes.live],
        ['edits through the API, "still propagating"', writes.propagating],
        ['edits whose answer was lost with the instance', writes.unanswered],
        ['updates in Postgres, past the application', writes.sql],
        ['prices edited', verdict.writes],
        ['versions that some read showed', verdict.versionsShown],
        ['seconds', seconds],
        ['reads a second', verdict.reads / seconds],
      ],
    ),
    byAnswer(counts.byAnswer, verdict),
    table(['invariant', 'violations'], invariants),
    ...('oversold' in verdict.counts ? [] : ['Stock is not judged by these reads.']),
    `Prices older than what another read had shown before, where that is allowed: ${number(verdict.behindOthers.edge)} from an edge that may be cut off, older than a web instance had shown; ${number(verdict.behindOthers.stale)} in answers marked STALE, newer than what was shown ${STALE_BEHIND_MS / 1_000} s before.`,
    counted('page, as', counts.byKind),
    counted('asked', counts.byOrigin),
    counted('`x-cache`', counts.byCache),
    counted('place that named a price or a version', counts.byPlace),
    Object.keys(counts.failures).length === 0
      ? 'No request failed.'
      : counted('requests without an answer to judge', counts.failures),
    ...verdict.violations.map((violation) => `\`\`\`\n${describe(violation)}\n\`\`\``),
  ].join('\n\n')
}
