/** One run of Spin over a model in docs/architecture/model. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { SetupError } from '../progress.mjs'
import { root } from '../run/environment.ts'
import { run } from '../setup/command.mjs'
import type { Variant } from './variants.ts'

const MODELS = path.join(root, 'docs/architecture/model')
/** Longer than any path through the states. */
const DEPTH = 2_000_000

/** By what stands in the assertion, the invariant of the design that it is. */
const PROPERTIES: readonly (readonly [string, string])[] = [
  ['commit[c].made', 'all or nothing: a part of a commit'],
  ['v==node', 'log head: the same head, another index'],
  ['believed', '9: believed past its lease'],
  ['leased', '9: two believed indexes'],
  ['!(acknowledged)', '1: older than acknowledged'],
  ['acknowledged', '2: older than shown'],
]

export interface Verdict {
  /** The invariant that does not hold, with the figure it has in the design; undefined when all hold. */
  readonly violated: string | undefined
  /** Every state within the bounds was visited; false when Spin stopped, also at a violation. */
  readonly complete: boolean
  /** Lines of the model that no run comes to. */
  readonly unreached: readonly string[]
  readonly states: number
  readonly depth: number
  readonly megabytes: number
  /** The duration of the search, without the compiler. */
  readonly seconds: number
}

interface Options {
  readonly spin: string
  /** The folder of the verifier and its trail. */
  readonly folder: string
  readonly megabytes: number
  /** gcc's level: 0 compiles in half a second and searches half as fast. */
  readonly optimize: 0 | 2
  readonly signal: AbortSignal
}

/**
 * Writes, compiles and runs the verifier of one variant.
 * @throws {SetupError} when Spin or gcc refuses the model, or the signal ends the run
 */
export async function verify({ name, macros, model = 'lease.pml' }: Variant, options: Options): Promise<Verdict> {
  const { spin, folder, megabytes, optimize, signal } = options
  const cwd = path.join(folder, name)
  rmSync(cwd, { recursive: true, force: true })
  mkdirSync(cwd, { recursive: true })
  const inFolder = (program: string, args: string[], failure: string) => run(program, args, { cwd, failure, signal })
  const defined = macros.map((macro) => `-D${macro}`)
  await inFolder(spin, ['-a', ...defined, path.join(MODELS, model)], `Spin cannot read ${model}`)
  const limits = ['-DSAFETY', '-DCOLLAPSE', `-DMEMLIM=${megabytes}`]
  await inFolder('gcc', [`-O${optimize}`, '-w', ...limits, '-o', 'pan', 'pan.c'], 'gcc cannot compile the verifier')
  // -E: a process that waits for ever is no mistake here, because any process may stop for ever.
  const output = await inFolder('./pan', ['-E', `-m${DEPTH}`], `The search of "${name}" did not end`)
  writeFileSync(path.join(cwd, 'pan.out'), output)
  return readOutput(output)
}

/**
 * @param output what the verifier printed
 * @throws {SetupError} when a figure is missing in it
 */
export function readOutput(output: string): Verdict {
  const figure = (pattern: RegExp) => {
    const text = pattern.exec(output)?.[1]
    if (text === undefined) throw new SetupError('The verifier printed no result.', output.slice(-2_000))
    return Number(text)
  }
  const errors = figure(/errors: (\d+)/)
  const assertion = /assertion violated (.*) \(at depth/.exec(output)?.[1]
  const property = PROPERTIES.find(([mark]) => assertion?.includes(mark))?.[1]
  return {
    violated: errors === 0 ? undefined : (property ?? assertion ?? 'unknown error'),
    complete:
      errors === 0 && !/Search not completed|search depth too small|reached -DMEMLIM|out of memory/.test(output),
    unreached: [...output.matchAll(/^\t\S+:(\d+), state \d+, "(?!-end-)(.*)"$/gm)].map(
      ([, line, statement]) => `line ${line}: ${statement}`,
    ),
    states: figure(/([\d.e+]+) states, stored/),
    depth: figure(/depth reached (\d+)/),
    megabytes: figure(/([\d.]+)\s+total actual memory usage/),
    seconds: figure(/elapsed time ([\d.e+-]+) seconds/),
  }
}

/** @returns what is wrong with the verdict, undefined when it is what the variant must have */
export function complaint({ expected, reachesEveryLine }: Variant, verdict: Verdict): string | undefined {
  if (expected === 'violated') return verdict.violated === undefined ? 'no violation, and there must be one' : undefined
  if (verdict.violated !== undefined) return `violated ${verdict.violated}`
  if (!verdict.complete) return 'not every state was visited'
  return reachesEveryLine && verdict.unreached.length > 0 ? `never reached: ${verdict.unreached.join(', ')}` : undefined
}
