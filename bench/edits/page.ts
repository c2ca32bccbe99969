/** The results, as tables and as the page in docs/results. */
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import type { Cell } from './cell.ts'
import type { Result } from './results.ts'

const round = (value: number, digits = 0) => value.toFixed(digits)
const sumOf = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, count) => sum + count, 0)
const rate = (cell: Cell) => (cell.asked === 0 ? '0' : `${round(cell.made, cell.made < 10 ? 1 : 0)} of ${cell.asked}`)

function emptied({ outboxEmptyAfter, builds }: Cell): string {
  if (outboxEmptyAfter !== null) return round(outboxEmptyAfter, 1)
  return Object.keys(builds).length > 0 ? 'over 20' : '–'
}

export const HEAD: Row = [
  'server',
  'edits by',
  'edits a second',
  'reads a second',
  'p50 ms',
  'p99 ms',
  'errors',
  'renders',
  'stale, of those looked into',
  'oldest ms',
  'outbox empty after s',
]

export function rowOf(cell: Cell): Row {
  return [
    cell.server,
    cell.by,
    rate(cell),
    round(cell.readsPerSecond),
    round(cell.p50, 1),
    round(cell.p99, 1),
    errorsOf(cell),
    cell.renders,
    `${cell.stale} of ${cell.sampled}`,
    cell.stale === 0 ? '–' : round(cell.oldestMs),
    emptied(cell),
  ]
}

/** Cores in use, by role. */
function coresTable(cells: readonly Cell[]): string {
  const roles = [...new Set(cells.flatMap(({ processorSeconds }) => Object.keys(processorSeconds)))]
  return markdownTable(
    ['server', 'edits by', 'edits a second', ...roles],
    cells.map((cell) => [
      cell.server,
      cell.by,
      rate(cell),
      ...roles.map((role) => {
        const used = cell.processorSeconds[role]
        return used === undefined ? '–' : round(used / cell.seconds, 2)
      }),
    ]),
  )
}

/** Failed reads and failed edits. */
export const errorsOf = ({ errors, editErrors }: Cell) => sumOf(errors) + sumOf(editErrors)

/** Every kind of error, with how often it came and where. */
function errorLines(cells: readonly Cell[]): string[] {
  return cells.flatMap((cell) =>
    Object.entries({ ...cell.errors, ...cell.editErrors }).map(
      ([what, count]) =>
        `- ${cell.server}, ${rate(cell)} edits by ${cell.by}: ${count} times \`${what.slice(0, 200)}\``,
    ),
  )
}

/** The budgets of section 10 of the design: each cell against the one without edits of its own series. */
function verdict(cells: readonly Cell[]): string {
  const lines = cells.flatMap((cell) => {
    const still = cells.find(({ asked, by }) => asked === 0 && by === cell.by)
    if (!still || cell.asked === 0) return []
    const [share, times] = [cell.readsPerSecond / still.readsPerSecond, cell.p99 / still.p99]
    const errors = errorsOf(cell)
    const judged = cell.asked === 10 || cell.asked === 100
    const kept = share >= 0.8 && times <= 3 && errors === 0 && cell.renders === 0
    const outcome = kept ? ': kept' : ': **missed**'
    return [
      `- ${rate(cell)} edits a second by ${cell.by}: ${round(share, 2)} of the reads, ${round(times, 1)} times the p99, ${errors} errors, ${cell.renders} renders${judged ? outcome : ''}.`,
    ]
  })
  return lines.join('\n')
}

/** @param judged cells of our fleet */
export function pageBody({ cells, failures }: Result, judged: readonly Cell[], before: Result | undefined): string[] {
  const errors = errorLines(cells)
  return [
    '![Reads a second over edits a second](../images/edits.svg)',
    "16 readers in a closed loop ask for 200 product pages by popularity (Zipf, exponent 1), as browsers do (`Accept-Encoding: gzip, deflate, br`), round robin over the instances. Each of the 200 prices is edited as often as the others. Servers, stores, readers and editors share the machine's cores. " +
      'Each cell is a window after a warm-up in which readers and editors are at it already. “Edits” are those that were acknowledged in the window. Where a series of ours has all rates, they are measured in turn, three times, and each row is the round with the median of reads a second.',
    markdownTable(HEAD, cells.map(rowOf)),
    '**By SQL** is an `UPDATE` past the application; our worker finds it in the outbox. **By API** is `POST /api/admin/prices` on each instance in turn, acknowledged when it answers "live". The others are edited by the usual recipe, `UPDATE` and then `revalidateTag(tag, { expire: 0 })` in a route handler, on each instance: Next\'s own page cache belongs to its process, and so does the data cache that @fortedigital leaves to Next. ' +
      'One page in ten milliseconds is looked into: it is stale when it shows a price older than the version that had been acknowledged before the read began, which for SQL is its commit, with ours too; “oldest” is how long before. ' +
      'Renders of ours are those that the servers count (`evergreen_page_builds_total`); of the others, different `rendered-at` among the answers that `x-nextjs-cache` does not call a hit. “With lists”: one read in five is the home page or the first page of the largest category.',
    '## Budgets',
    `At 10 and at 100 edits a second at least 0.8 of the reads without edits, p99 at most 3 times, no error, no render.\n\n${verdict(judged)}`,
    '## Cores in use',
    coresTable(cells),
    ...(errors.length > 0 ? [`## Errors\n\n${errors.join('\n')}`] : []),
    ...(failures.length > 0 ? [`## Not measured\n\n${failures.map((why) => `- ${why}`).join('\n')}`] : []),
    ...(before
      ? [
          '## Before price slots',
          `The same, of ours alone, on the tree in which an edit costs renders: a run of ${before.ran.slice(0, 16).replace('T', ' ')} UTC, before which the machine had a load of ${round(before.load, 1)}.`,
          markdownTable(HEAD, before.cells.filter(({ server }) => server.startsWith('Evergreen')).map(rowOf)),
        ]
      : []),
  ]
}
