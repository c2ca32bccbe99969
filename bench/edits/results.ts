/** Where a run leaves what it measured: JSON always, and after a complete run the page and the plot. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../../tools/run/environment.ts'
import { table, writeReport } from '../lib/report.ts'
import type { Cell } from './cell.ts'
import { HEAD, pageBody, rowOf } from './page.ts'
import { plot } from './plot.ts'

export interface Result {
  /** ISO 8601. */
  readonly ran: string
  /** Of the machine before the run: other work shares it. */
  readonly load: number
  readonly cells: Cell[]
  /** Series that could not be measured, and why. */
  readonly failures: string[]
}

const results = path.join(root, 'docs/results')
/** Of the tree in which an edit costs renders, as a run left it in `.data/bench/edits.json`. */
const BEFORE = path.join(results, 'edits-before.json')
const OWN = 'Evergreen, 3 instances'

function curve(label: string, server: string, cells: readonly Cell[]) {
  const points = cells
    .filter((cell) => cell.server === server && cell.by === 'SQL')
    .map(({ made, readsPerSecond }) => ({ edits: made, reads: readsPerSecond }))
  return { name: label, own: server === OWN, points }
}

/** @param complete false for a run of a part: it changes nothing in docs */
export function publish(result: Result, { complete, stores }: { complete: boolean; stores: readonly string[] }): void {
  const { cells, failures } = result
  const json = `${JSON.stringify(result, undefined, 2)}\n`
  writeFileSync(path.join(root, '.data/bench/edits.json'), json)
  process.stdout.write(`${json}\n`)
  if (!complete) {
    process.stdout.write(
      `${[table(HEAD, cells.map(rowOf)), ...failures].join('\n\n')}\n\nwritten to .data/bench/edits.json\n`,
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
  writeFileSync(path.join(root, 'docs/images/edits.svg'), plot(curves.filter(({ points }) => points.length > 0)))
  writeReport({
    file: 'edits.md',
    title: 'Reads a second while prices change',
    command: 'npm run bench:edits',
    stores,
    body: pageBody(
      result,
      cells.filter(({ server }) => server === OWN),
      before,
    ),
  })
}
