/** The files in which a run leaves its results: JSON always, and after a complete run the page and the plot. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { scaleLog } from 'd3-scale'
import { root } from '../../tools/run/environment.ts'
import { curvePlot, type Axis } from '../lib/plot.ts'
import { markdownTable } from '../../tools/figures/markdownTable.ts'
import type { Budget } from '../lib/budget.ts'
import { writePlot, writeReport } from '../lib/report.ts'
import type { Cell } from './cell.ts'
import { errorsOf, HEAD, pageBody, rowOf } from './page.ts'

export interface Result {
  /** ISO 8601. */
  readonly ran: string
  /** The load of the machine before the run: other work shares it. */
  readonly load: number
  readonly cells: Cell[]
  /** Series that could not be measured, and why. */
  readonly failures: string[]
}

const results = path.join(root, 'docs/results')
/** The results of the tree in which an edit costs renders, from a run's `.data/bench/edits.json`. */
const BEFORE = path.join(results, 'edits-before.json')
const OWN = 'Evergreen, 3 instances'

function curve(label: string, server: string, cells: readonly Cell[]) {
  const points = cells
    .filter((cell) => cell.server === server && cell.by === 'SQL')
    .map(({ made, readsPerSecond }) => ({ x: made, y: readsPerSecond }))
  return { name: label, points }
}

const decades = (most: number) =>
  Array.from({ length: Math.log10(most) + 1 }, (_, i) => ({ at: 10 ** i, label: (10 ** i).toLocaleString('en') }))
const FROM_ONE = scaleLog([1, 1_000], [0.2, 1]).clamp(true)
/** Without edits at the left, rates below one a second between there and a fifth, and decades from there on. */
const EDITS: Axis = {
  title: 'price edits a second',
  marks: [{ at: 0, label: 'none' }, ...decades(1_000)],
  share: (edits) => (edits < 1 ? 0.2 * edits : FROM_ONE(edits)),
}
const READS: Axis = {
  title: 'reads a second, 16 readers',
  marks: decades(10_000),
  share: scaleLog([1, 20_000], [0, 1]).clamp(true),
}

/** Ours with edits against ours without. */
function budgetsOf(cells: readonly Cell[]): Budget[] {
  const own = (asked: number, by: string) => cells.find((c) => c.server === OWN && c.by === by && c.asked === asked)
  return ['SQL', 'API'].flatMap((by) =>
    [10, 100].flatMap((asked) => {
      const [quiet, busy] = [own(0, by), own(asked, by)]
      if (!quiet || !busy) return []
      const what = `${asked} edits a second by ${by}`
      return [
        { what: `${what}, reads against none`, measured: busy.readsPerSecond / quiet.readsPerSecond, atLeast: 0.8 },
        { what: `${what}, p99 of a read against none`, measured: busy.p99 / quiet.p99, atMost: 3 },
        { what: `${what}, failed reads and edits`, measured: errorsOf(busy), atMost: 0 },
        { what: `${what}, renders`, measured: busy.renders, atMost: 0 },
      ]
    }),
  )
}

/** @param complete false for a run of a part: it changes nothing in docs */
export function publish(result: Result, { complete, stores }: { complete: boolean; stores: readonly string[] }): void {
  const { cells, failures } = result
  const json = `${JSON.stringify(result, undefined, 2)}\n`
  writeFileSync(path.join(root, '.data/bench/edits.json'), json)
  process.stdout.write(`${json}\n`)
  if (!complete) {
    process.stdout.write(
      `${[markdownTable(HEAD, cells.map(rowOf)), ...failures].join('\n\n')}\n\nwritten to .data/bench/edits.json\n`,
    )
    return
  }
  const before: Result | undefined = existsSync(BEFORE) ? JSON.parse(readFileSync(BEFORE, 'utf8')) : undefined
  mkdirSync(results, { recursive: true })
  writeFileSync(path.join(results, 'edits.json'), json)
  const curves = [
    curve(OWN, OWN, cells),
    curve('Evergreen before price slots', OWN, before?.cells ?? []),
    curve('next start, 1 instance', '`next start`, 1 instance', cells),
    curve('next start, 3 instances', '`next start`, 3 instances', cells),
    curve('@fortedigital, 3 instances', '@fortedigital, 3 instances', cells),
  ]
  writePlot(
    'edits',
    READS.title,
    curvePlot(
      EDITS,
      READS,
      curves.filter(({ points }) => points.length > 0),
      true,
    ),
  )
  writeReport({
    file: 'edits.md',
    title: 'Reads a second while prices change',
    command: 'npm run bench:edits',
    stores,
    budgets: budgetsOf(cells),
    body: pageBody(
      result,
      cells.filter(({ server }) => server === OWN),
      before,
    ),
  })
}
