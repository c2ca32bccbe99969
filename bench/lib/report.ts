/** A result as a page of docs/results: what was measured, on what, and how to measure it again. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { root } from '../../tools/run/environment.ts'

export type Row = readonly (string | number)[]

/** A Markdown table; what is printed is what is committed. */
export function table(head: Row, rows: readonly Row[]): string {
  const cell = (value: string | number) => String(value).replaceAll('|', '\\|')
  return [
    `| ${head.map(cell).join(' | ')} |`,
    `|${head.map((_cell, i) => (i === 0 ? ' --- ' : ' ---: ')).join('|')}|`,
    ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
  ].join('\n')
}

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
}

export function writeReport({ file, title, body, command, stores, peers = true }: Report): void {
  const again = `## Run it again\n\n\`\`\`sh\n${peers ? 'npm ci --prefix bench\n' : ''}${command}\n\`\`\`\n\n${setting(stores, peers)}`
  const folder = path.join(root, 'docs/results')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, file), `# ${title}\n\n${[...body, again].join('\n\n')}\n`)
  process.stdout.write(`\n${body.join('\n\n')}\n\nwritten to docs/results/${file}\n`)
}
