/** The same history with as few faults as it needs to go wrong. */
import type { Bug } from './bugs.ts'
import { simulate, type Outcome } from './history.ts'
import type { Scripts } from './lua.ts'

export async function shrink(outcome: Outcome, scripts: Scripts, bug?: Bug): Promise<Outcome> {
  let smallest = outcome
  for (const fault of outcome.plan.faults) {
    const faults = smallest.plan.faults.filter((other) => other !== fault)
    const without = await simulate(outcome.seed, scripts, { faults, ...(bug && { bug }) })
    if (without.violations.length > 0) smallest = without
  }
  return smallest
}
