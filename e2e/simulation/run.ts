/** Plays histories, and says what they show. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { z } from 'zod'
import type { Bug } from './bug.ts'
import { BUG_NAMES, BUGS, type BugName } from './bugs.ts'
import type { Wrong } from './healed.ts'
import { simulate, type Outcome } from './history.ts'
import { Scripts } from './lua.ts'
import { takeOverTime } from './time.ts'

interface RunOptions {
  /** The seed of the first history; the next ones count up. */
  readonly seed: number
  /** Those of the kernel as it is, or of a share of those in which a fault is looked for. */
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
/** The first history of a share that shows a fault; null when none does. */
const foundSchema = z
  .object({
    seed: count,
    profile: z.string(),
    as: z.string(),
    /** What the same history shows without the fault. */
    without: z.array(z.string()),
  })
  .nullable()
type Found = z.output<typeof foundSchema>

const SHOWN_VIOLATIONS = 5
const TRACE_LINES = 40
/** Histories that are dealt out before it is asked whether one has shown the fault. */
const DEALT_AT_ONCE = 200
const seconds = (since: bigint): number => Number(process.hrtime.bigint() - since) / 1e9
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const inWords = ({ kind, what }: Wrong): string => `${kind}: ${what}`

function isBugName(name: string): name is BugName {
  return name in BUGS
}

/** Whether it shows the fault that was put back; without one, whether it shows any. */
const isWrong = ({ violations }: Outcome, bug?: Bug): boolean =>
  violations.some(({ kind }) => bug === undefined || kind === bug.shows)

/** Plays the same history again with ever fewer faults. @returns the one with the fewest that still goes wrong */
async function shrink(outcome: Outcome, scripts: Scripts, bug?: Bug): Promise<Outcome> {
  let smallest = outcome
  for (const fault of outcome.plan.faults) {
    const faults = smallest.plan.faults.filter((other) => other !== fault)
    const without = await simulate(outcome.seed, scripts, { faults, ...(bug && { bug }) })
    if (isWrong(without, bug)) smallest = without
  }
  return smallest
}

function print({ seed, plan, violations, trace }: Outcome, lines: number): void {
  say(`seed ${seed}, ${plan.profile}, ${plan.processes} processes, a log of ${plan.logLength}`)
  for (const line of trace.slice(-lines)) say(`  ${line}`)
  for (const violation of violations.slice(0, SHOWN_VIOLATIONS)) say(`  VIOLATION ${inWords(violation)}`)
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

/** Each share of them in a process. @returns what it says at its end */
function inProcesses(
  { seed, histories, processes }: Pick<RunOptions, 'seed' | 'histories' | 'processes'>,
  more: Readonly<Record<string, string | number>>,
): Promise<unknown>[] {
  const every = Math.min(processes, histories)
  return Array.from({ length: every }, async (_, i) => {
    const share = { seed: seed + i, histories: Math.ceil((histories - i) / every), every, processes: 1, ...more }
    const options = Object.entries(share).flatMap(([name, value]) => [`--${name}`, String(value)])
    const child = fork(PROGRAM, options)
    const said: unknown[] = []
    child.on('message', (message) => void said.push(message))
    await once(child, 'exit')
    return said[0]
  })
}

function dealt(options: RunOptions): Promise<Totals>[] {
  const { minutes } = options
  return inProcesses(options, { minutes }).map(async (said) => totalsSchema.parse(await said))
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

async function find(name: BugName, options: RunOptions): Promise<boolean> {
  const { isKnown, processes } = options
  const bug: Bug = BUGS[name]
  const seed = isKnown ? bug.shownBy : options.seed
  const histories = process.send ? options.histories : isKnown ? 1 : bug.within
  const search = { ...options, seed, histories }
  const found = await (processes > 1 && histories > 1 ? findDealt(name, search) : findEach(bug, search))
  if (process.send) process.send(found)
  else if (!found) say(`${name}: NOT found as ${bug.shows} in ${histories} histories`)
  else if (found.without.length > 0) say(`${name}: history ${found.seed} shows without it: ${found.without[0]}`)
  else say(`${name}: found in history ${found.seed - seed + 1} of ${bug.within} (${found.profile}): ${found.as}`)
  return found?.without.length === 0
}

/** @returns the first history of all that shows it */
async function findDealt(name: BugName, { seed: first, histories: all, processes }: RunOptions): Promise<Found> {
  for (let done = 0; done < all; done += DEALT_AT_ONCE) {
    const histories = Math.min(DEALT_AT_ONCE, all - done)
    const shares = inProcesses({ seed: first + done, histories, processes }, { bug: name })
    const found = foundSchema.array().parse(await Promise.all(shares))
    const [earliest] = found.filter((one) => one !== null).toSorted((a, b) => a.seed - b.seed)
    if (earliest) return earliest
  }
  return null
}

async function findEach(bug: Bug, { seed: first, histories, every, isTraced }: RunOptions): Promise<Found> {
  takeOverTime()
  const scripts = new Scripts()
  for (let i = 0; i < histories; i++) {
    const seed = first + i * every
    const outcome = await simulate(seed, scripts, { bug })
    const shown = outcome.violations.find(({ kind }) => kind === bug.shows)
    if (!shown) continue
    if (isTraced) print(await shrink(outcome, scripts, bug), TRACE_LINES)
    // What the history shows in any case would say nothing about the fault.
    const { violations } = await simulate(seed, scripts)
    return { seed, profile: outcome.plan.profile, as: inWords(shown), without: violations.map(inWords) }
  }
  return null
}
