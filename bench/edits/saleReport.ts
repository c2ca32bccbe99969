/** The text of docs/results/sale.md about the start of one sale. */
import type { Bar } from '../lib/plot.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import type { Budget } from '../lib/budget.ts'
import type { Visit } from './visit.ts'

/** From the start of the sale until every page is right, in seconds, at most. */
export const GIVE_UP_S = 90
/** The readers look at these, by popularity. All are in the sale. */
export const PAGES = 1_000
/** Milliseconds about the time of the sale in which some pages are read all the time. Only after it the others are visited for the report. */
export const WATCH_MS = { before: 300, after: 3_000 }

export interface Phase {
  readonly name: string
  readonly from: number
  readonly until: number
  readonly renders: number
  /** Reads past the edge for which an instance did not have the page: they waited for a render. */
  readonly withoutPage: number
}

/** Milliseconds after the time of the sale. */
interface Turn {
  /** The time that each read took which began in the first second. */
  readonly firstMs: readonly number[]
  /** When each page that was watched was first answered with a price of the sale. */
  readonly shownMs: readonly number[]
  /** When the last read began that showed a price of before. */
  readonly lastOldMs: number
}

export interface Outcome {
  readonly visits: readonly Visit[]
  readonly phases: readonly Phase[]
  /** Pages that were not right in the end. */
  readonly wrong: number
  readonly appliedMs: number | undefined
  readonly rightMs: number | undefined
  readonly web: Turn
  readonly edge: Turn
  /** Reads with prices of before beside those of the sale. */
  readonly mixed: number
  readonly failures: readonly string[]
  readonly emptyMs: number | undefined
}

const seconds = (ms: number | undefined, digits = 1) =>
  ms === undefined ? `not within ${GIVE_UP_S}` : (ms / 1_000).toFixed(digits)

function rowOf({ name, from, until, renders, withoutPage }: Phase, visits: readonly Visit[]): Row {
  const within = visits.filter(({ start, ms }) => start + ms >= from && start + ms < until)
  const good = within.filter(({ error }) => error === '')
  const ms = within.map((visit) => visit.ms)
  const lasted = (until - from) / 1_000
  return [
    name,
    lasted.toFixed(1),
    Math.round(good.length / lasted),
    percentile(ms, 0.5).toFixed(1),
    percentile(ms, 0.99).toFixed(1),
    within.length - good.length,
    renders,
    withoutPage,
  ]
}

export const many = (n: number) => n.toLocaleString('en')

export interface Finding {
  readonly body: readonly string[]
  readonly bars: readonly Bar[]
  readonly budgets: readonly Budget[]
}

/** @returns what the report says of one sale */
export function saleReport(outcome: Outcome, pauseS: number): Finding {
  const { visits, phases, wrong, appliedMs, rightMs, web, edge, mixed, failures, emptyMs } = outcome
  const rows = ([where, { firstMs, shownMs, lastOldMs }]: readonly [string, Turn]): Row[] => [
    [
      `${where}: first page that shows the sale, at ${shownMs.length} addresses that are read every 25 ms, p50 and p99`,
      `${seconds(percentile(shownMs, 0.5), 3)} and ${seconds(percentile(shownMs, 0.99), 3)}`,
    ],
    [`${where}: the last one began that showed a price of before`, seconds(lastOldMs, 3)],
    [
      `${where}: a read that began in the first second took, p50 and p99`,
      `${seconds(percentile(firstMs, 0.5), 3)} and ${seconds(percentile(firstMs, 0.99), 3)}`,
    ],
  ]
  const name = (what: string) => `${what}, a page in ${pauseS} s each`
  const firsts = ([['web', web] as const, ['edge', edge] as const] as const).map(([where, { shownMs }]) => ({
    name: name(`${where}: first page that shows the sale, p99`),
    value: percentile(shownMs, 0.99) / 1_000,
  }))
  const body = [
    `## One page in ${pauseS} s each`,
    markdownTable(
      ['', 'seconds', 'reads a second', 'p50 ms', 'p99 ms', 'errors', 'renders', 'reads without a page'],
      phases.map((phase) => rowOf(phase, visits)),
    ),
    ...failures,
    markdownTable(
      ['seconds after the time of the sale', ''],
      [
        ['committed, as another session sees it', seconds(appliedMs, 3)],
        ...([['web', web] as const, ['edge', edge] as const] as const).flatMap(rows),
        ['reads that showed prices of before beside those of the sale', mixed],
        [
          `each of the ${many(PAGES)} pages visited anew, from ${WATCH_MS.after / 1_000} s on, and right`,
          `${seconds(rightMs)}${wrong === 0 ? '' : `, ${wrong} left`}`,
        ],
        ['the outbox empty', seconds(emptyMs)],
      ],
    ),
  ]
  return {
    body,
    bars: firsts,
    budgets: [
      ...firsts.map((bar) => ({ what: `seconds, ${bar.name}`, measured: bar.value, atMost: 0.25 })),
      { what: name('reads that mix old and new prices'), measured: mixed, atMost: 0 },
      {
        what: name('reads without a page'),
        measured: phases.reduce((sum, { withoutPage }) => sum + withoutPage, 0),
        atMost: 0,
      },
    ],
  }
}
