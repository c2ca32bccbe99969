/** A result as a page of docs/results: what was measured, on what, and how to measure it again. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Row } from '../../tools/figures/markdownTable.ts'
import { root } from '../../tools/run/environment.ts'
import { budgetLine, type Budget } from './budget.ts'
import { barPlot, type Bar, type BarPlot } from './plot.ts'
import { resultPage } from './resultPage.ts'

function versionOf(manifest: string): string {
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  return String(version)
}

const PACKAGES = {
  next: 'node_modules/next',
  '@fortedigital/nextjs-cache-handler': 'bench/node_modules/@fortedigital/nextjs-cache-handler',
  '@trieb.work/nextjs-turbo-redis-cache': 'bench/node_modules/@trieb.work/nextjs-turbo-redis-cache',
  '@mrjasonroy/cache-components-cache-handler': 'bench/node_modules/@mrjasonroy/cache-components-cache-handler',
}

/** Read when the run starts: what is committed while it runs is not what it measures. */
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()

/** Above nothing before a run: other work shares the machine. */
const load = () => os.loadavg()[0]?.toFixed(1) ?? '?'
const loadBefore = load()

function setting(stores: readonly string[], peers: boolean): string {
  const cpus = os.cpus()
  const packages = Object.entries(peers ? PACKAGES : { next: PACKAGES.next }).map(
    ([name, folder]) => `${name} ${versionOf(path.join(root, folder, 'package.json'))}`,
  )
  return [
    `- Machine: ${cpus.length} cores of ${cpus[0]?.model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GB, ${os.type()} ${os.release()}. Its load was ${loadBefore} before the run and ${load()} at the end.`,
    `- Versions: Node ${process.versions.node}, ${stores.join(', ')}, ${packages.join(', ')}.`,
    `- Run of ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, on the tree of commit ${commit}.`,
  ].join('\n')
}

export interface Report {
  readonly file: string
  readonly title: string
  /** Paragraphs and tables. */
  readonly body: readonly string[]
  readonly command: string
  /** From `benchStores`. */
  readonly stores: readonly string[]
  /** Whether the handlers of others have a part in it. */
  readonly peers?: boolean
  /** Drawn into docs/images, under the name of the file, and shown before the body's first table. */
  readonly plot?: BarPlot
  readonly budgets?: readonly Budget[]
}

/** The bars of a column of a table: of each row the first number in it. */
export function barsOf(head: Row, rows: readonly Row[], column: string): Bar[] {
  const at = head.indexOf(column)
  if (at < 0) throw new Error(`there is no column “${column}”`)
  return rows.flatMap((row) => {
    const cell = String(row[at]).replaceAll(/[,*]/g, '')
    const [number] = /-?\d+(?:\.\d+)?/.exec(cell) ?? []
    return number === undefined ? [] : [{ name: String(row[0]).replaceAll(/[*`]/g, ''), value: Number(number) }]
  })
}

/** Draws `docs/images/{name}.svg`. @returns the line of Markdown that shows it */
export function writePlot(name: string, title: string, svg: string): string {
  const images = path.join(root, 'docs/images')
  mkdirSync(images, { recursive: true })
  writeFileSync(path.join(images, `${name}.svg`), svg)
  return `![${title}](../images/${name}.svg)`
}

/** Writes the page anew, but for what is written by hand. */
export function writeReport({ file, title, body, command, stores, peers = true, plot, budgets = [] }: Report): void {
  const again = `## Run it again\n\n\`\`\`sh\n${peers ? 'npm ci --prefix bench\n' : ''}${command}\n\`\`\`\n\n${setting(stores, peers)}`
  const folder = path.join(root, 'docs/results')
  mkdirSync(folder, { recursive: true })
  const image = plot ? [writePlot(file.replace('.md', ''), plot.title, barPlot(plot))] : []
  const [first = '', ...rest] = body
  const page = path.join(folder, file)
  const before = existsSync(page) ? readFileSync(page, 'utf8') : ''
  writeFileSync(page, resultPage(before, { title, sections: [first, ...image, ...rest], again }))
  const lines = budgets.map((budget) => `${budgetLine(budget)}\n`).join('')
  process.stdout.write(`\n${body.join('\n\n')}\n\n${lines}written to docs/results/${file}\n`)
}
