/** Histories one after the other, and what is said of them. */
import { BUG_NAMES, BUGS, type Bug, type BugName } from './bugs.ts'
import { simulate, type Outcome } from './history.ts'
import { Scripts } from './lua.ts'
import { takeOverTime } from './time.ts'

interface RunOptions {
  /** Of the first history; the next ones count up. */
  readonly seed: number
  readonly histories: number
  readonly minutes: number
  /** A name of `BUGS`, or all. */
  readonly bug: string | undefined
  /** Whether each fault is looked for in the one history that is known to show it. */
  readonly isKnown: boolean
  /** Whether the first history is told from its beginning. */
  readonly isTold: boolean
}

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

function tell({ seed, plan, violations, trace }: Outcome, lines: number): void {
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
  takeOverTime()
  let isRight = true
  for (const name of names)
    isRight = (name !== undefined && isBugName(name) ? await find(name, options) : await check(options)) && isRight
  return isRight
}

async function check({ seed: first, histories, minutes, isTold }: RunOptions): Promise<boolean> {
  const scripts = new Scripts()
  const begun = process.hrtime.bigint()
  const totals = { histories: 0, reads: 0, edits: 0, faults: 0, events: 0 }
  let wrong = 0
  for (let seed = first; seed < first + histories && seconds(begun) < minutes * 60; seed++) {
    const outcome = await simulate(seed, scripts)
    totals.histories++
    totals.reads += outcome.reads
    totals.edits += outcome.edits
    totals.events += outcome.events
    totals.faults += outcome.plan.faults.length
    if (isTold && seed === first) tell(outcome, Infinity)
    if (outcome.violations.length === 0) continue
    wrong++
    tell(await shrink(outcome, scripts), TRACE_LINES)
  }
  const { histories: done, reads, edits, faults, events } = totals
  const perMinute = Math.round((done / seconds(begun)) * 60)
  say(
    `${done} histories, ${perMinute} a minute: ${reads} reads, ${edits} edits, ${faults} faults, ${events} events; ${wrong} histories with a violation`,
  )
  return wrong === 0
}

async function find(name: BugName, { seed, histories, isTold, isKnown }: RunOptions): Promise<boolean> {
  const scripts = new Scripts()
  const bug: Bug = BUGS[name]
  const first = isKnown ? bug.shownBy : seed
  const most = isKnown ? 1 : Math.min(histories, bug.within)
  for (let seed = first; seed < first + most; seed++) {
    const outcome = await simulate(seed, scripts, { bug })
    if (outcome.violations.length === 0) continue
    say(
      `${name}: found in history ${seed - first + 1} of ${bug.within} (${outcome.plan.profile}): ${outcome.violations[0]}`,
    )
    if (isTold) tell(await shrink(outcome, scripts, bug), TRACE_LINES)
    return true
  }
  say(`${name}: NOT found in ${most} histories`)
  return false
}
