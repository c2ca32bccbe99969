/**
 * `npm run bench`: every benchmark, one after the other. Each writes its page and its plot; at the end stands which budgets were
 * kept. One that fails is reported, and takes no other with it. `--only race,serve` runs some.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { root } from '../tools/run/environment.ts'
import { markdownTable } from '../tools/figures/markdownTable.ts'
import { benchmarks } from './benchmarks.ts'
import { BUDGET_LINE } from './lib/budget.ts'

const { values } = parseArgs({ options: { only: { type: 'string' } } })
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')))
const known = benchmarks(scripts)
const wanted = values.only?.split(',').map((name) => name.trim()) ?? [...known.keys()]
const unknown = wanted.filter((name) => !known.has(name))
if (unknown.length > 0) {
  process.stderr.write(`There is no benchmark ${unknown.join(', ')}. There are ${[...known.keys()].join(', ')}.\n`)
  process.exit(2)
}

interface Outcome {
  readonly name: string
  readonly state: 'done' | 'failed'
  readonly minutes: string
  readonly kept: number
  readonly missed: readonly string[]
}

/** @returns what it became, after all that it prints */
async function run(name: string): Promise<Outcome> {
  const [program = '', ...args] = known.get(name)?.split(' ') ?? []
  const start = performance.now()
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = () => child.kill('SIGTERM')
  process.on('SIGINT', stop).on('SIGTERM', stop)
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    process.stdout.write(text)
  })
  const [code] = await once(child, 'close')
  process.off('SIGINT', stop).off('SIGTERM', stop)
  const lines = [...printed.matchAll(BUDGET_LINE)]
  return {
    name,
    state: code === 0 ? 'done' : 'failed',
    minutes: ((performance.now() - start) / 60_000).toFixed(1),
    kept: lines.filter(([, verdict]) => verdict === 'kept').length,
    missed: lines.flatMap(([, verdict, what = '']) => (verdict === 'missed' ? [what] : [])),
  }
}

let isStopped = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (isStopped = true))
const outcomes: Outcome[] = []
for (const [i, name] of wanted.entries()) {
  if (isStopped) break
  process.stdout.write(`\n=== ${name}, ${i + 1} of ${wanted.length}\n\n`)
  outcomes.push(await run(name))
}
process.stdout.write(
  `\n${markdownTable(
    ['benchmark', 'outcome', 'minutes', 'budgets kept', 'missed'],
    outcomes.map(({ name, state, minutes, kept, missed }) => [name, state, minutes, kept, missed.length]),
  )}\n${outcomes.flatMap(({ name, missed }) => missed.map((what) => `\nmissed by ${name}: ${what}`)).join('')}\n`,
)
process.exit(
  outcomes.length < wanted.length || outcomes.some(({ state, missed }) => state !== 'done' || missed.length > 0)
    ? 1
    : 0,
)
