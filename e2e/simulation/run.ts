/** Plays histories, and says what they show. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { z } from 'zod'
import { BUG_NAMES, BUGS, type Bug, type BugName } from './bugs.ts'
import { simulate, type Outcome } from './history.ts'
import { Scripts } from './lua.ts'
import { takeOverTime } from './time.ts'

interface RunOptions {
  /** The seed of the first history; the next ones count up. */
  readonly seed: number
  /** Those of the kernel as it is. */
  readonly histories: number
  /** From one seed to the next. */
  readonly every: number
  /** Among which the histories are dealt out. */
  readonly processes: number
  readonly minutes: number
  /** A name of `BUGS`, or all. */
  readonly bug: string | undefined
  /** Whether each fault is looked for in the one history that is known to show it. */
  readonly isKnown: boolean
  /** Whether the first history is printed from its beginning. */
  readonly isTraced: boolean
}

const PROGRAM = path.join(import.meta.dirname, '../../tools/simulate.ts')
const count = z.int().min(0)
/** The report of a process that plays a share. */
const totalsSchema = z.object({
  histories: count,
  reads: count,
  edits: count,
  faults: count,
  events: count,
  wrong: count,
})
type Totals = z.output<typeof totalsSchema>

const SHOWN_VIOLATIONS = 5
const TRACE_LINES = 40
const seconds = (since: bigint): number => Number(process.hrtime.bigint() - since) / 1e9
const say = (line: string): void => void process.stdout.write(`${line}\n`)

function isBugName(name: string): name is BugName {
  return name in BUGS
}

/** Plays the same history again with ever fewer faults. @returns the one with the fewest that still goes wrong */
async function shrink(outcome: Outcome, scripts: Scripts, bug?: Bug): Promise<Outcome> {
  let smallest = outcome
  for (const fault of outcome.plan.faults) {
    const faults = smallest.plan.faults.filter((other) => other !== fault)
    const without = await simulate(outcome.seed, scripts, { faults, ...(bug && { bug }) })
    if (without.violations.length > 0) smallest = without
  }
  return smallest
}

function print({ seed, plan, violations, trace }: Outcome, lines: number): void {
  say(`seed ${seed}, ${plan.profile}, ${plan.processes} processes, a log of ${plan.logLength}`)
  for (const line of trace.slice(-lines)) say(`  ${line}`)
  for (const violation of violations.slice(0, SHOWN_VIOLATIONS)) say(`  VIOLATION ${violation}`)
}

/** @returns whether all is as it must be: nothing found, or the fault that was put back */
export async function runSimulation(options: RunOptions): Promise<boolean> {
  const names = options.bug === 'all' ? BUG_NAMES : [options.bug]
  for (const name of names)
    if (name !== undefined && !isBugName(name))
      throw new Error(`There is no bug ${name}. There are ${BUG_NAMES.join(', ')}, and all.`)
  let isRight = true
  for (const name of names)
    isRight = (name !== undefined && isBugName(name) ? await find(name, options) : await check(options)) && isRight
  return isRight
}

/** A history has no part in another, so that processes share them. */
async function check(options: RunOptions): Promise<boolean> {
  const begun = process.hrtime.bigint()
  const shares = options.processes > 1 ? dealt(options) : [playEach(options)]
  const totals = sum(await Promise.all(shares))
  if (process.send) process.send(totals)
  else {
    const { histories, reads, edits, faults, events, wrong } = totals
    const perMinute = Math.round((histories / seconds(begun)) * 60)
    say(
      `${histories} histories, ${perMinute} a minute: ${reads} reads, ${edits} edits, ${faults} faults, ${events} events; ${wrong} histories with a violation`,
    )
  }
  return totals.wrong === 0
}

function dealt({ seed, histories, processes, minutes }: RunOptions): Promise<Totals>[] {
  const every = Math.min(processes, histories)
  return Array.from({ length: every }, async (_, i) => {
    const share = { seed: seed + i, histories: Math.ceil((histories - i) / every), every, minutes, processes: 1 }
    const options = Object.entries(share).flatMap(([name, value]) => [`--${name}`, String(value)])
    const child = fork(PROGRAM, options)
    const said: unknown[] = []
    child.on('message', (message) => void said.push(message))
    await once(child, 'exit')
    return totalsSchema.parse(said[0])
  })
}

function sum(all: readonly Totals[]): Totals {
  const total = (name: keyof Totals) => all.reduce((to, totals) => to + totals[name], 0)
  return {
    histories: total('histories'),
    reads: total('reads'),
    edits: total('edits'),
    faults: total('faults'),
    events: total('events'),
    wrong: total('wrong'),
  }
}

async function playEach({ seed: first, histories, every, minutes, isTraced }: RunOptions): Promise<Totals> {
  takeOverTime()
  const scripts = new Scripts()
  const begun = process.hrtime.bigint()
  const totals = { histories: 0, reads: 0, edits: 0, faults: 0, events: 0, wrong: 0 }
  for (let i = 0; i < histories && seconds(begun) < minutes * 60; i++) {
    const outcome = await simulate(first + i * every, scripts)
    totals.histories++
    totals.reads += outcome.reads
    totals.edits += outcome.edits
    totals.events += outcome.events
    totals.faults += outcome.plan.faults.length
    if (isTraced && i === 0) print(outcome, Infinity)
    if (outcome.violations.length === 0) continue
    totals.wrong++
    print(await shrink(outcome, scripts), TRACE_LINES)
  }
  return totals
}

async function find(name: BugName, { seed, isTraced, isKnown }: RunOptions): Promise<boolean> {
  takeOverTime()
  const scripts = new Scripts()
  const bug: Bug = BUGS[name]
  const first = isKnown ? bug.shownBy : seed
  const most = isKnown ? 1 : bug.within
  for (let seed = first; seed < first + most; seed++) {
    const outcome = await simulate(seed, scripts, { bug })
    if (outcome.violations.length === 0) continue
    say(
      `${name}: found in history ${seed - first + 1} of ${bug.within} (${outcome.plan.profile}): ${outcome.violations[0]}`,
    )
    if (isTraced) print(await shrink(outcome, scripts, bug), TRACE_LINES)
    return true
  }
  say(`${name}: NOT found in ${most} histories`)
  return false
}
