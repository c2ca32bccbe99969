import { existsSync, readFileSync } from 'node:fs'

/** The number of tests of a step, or of all, by outcome. */
export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const PASSED: Tally = { passed: 1, failed: 0, skipped: 0 }
export const FAILED: Tally = { passed: 0, failed: 1, skipped: 0 }

export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (all, one) => ({
      passed: all.passed + one.passed,
      failed: all.failed + one.failed,
      skipped: all.skipped + one.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  )
}

/** @example closingLine({ passed: 7, failed: 0, skipped: 1 }) // '7 passed, 0 failed, 1 skipped' */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`
}

function numberAt(value: unknown, ...keys: readonly string[]): number {
  let current = value
  for (const key of keys)
    current = typeof current === 'object' && current !== null ? Reflect.get(current, key) : undefined
  return typeof current === 'number' ? current : 0
}

/** A runner that failed without a failed test, because a file did not load or it crashed, counts as one failure. */
function withExit(tally: Tally, ok: boolean): Tally {
  return !ok && tally.failed === 0 ? { ...tally, failed: 1 } : tally
}

function report(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** @param file what Vitest's JSON reporter wrote @param ok whether it exited with 0 */
export function vitestTally(file: string, ok: boolean): Tally {
  const result = report(file)
  return withExit(
    {
      passed: numberAt(result, 'numPassedTests'),
      failed: numberAt(result, 'numFailedTests'),
      skipped: numberAt(result, 'numPendingTests') + numberAt(result, 'numTodoTests'),
    },
    ok,
  )
}

/** @param file what Playwright's JSON reporter wrote @param ok whether it exited with 0 */
export function playwrightTally(file: string, ok: boolean): Tally {
  const result = report(file)
  // A flaky test has failed once: without retries there is none, and if there were, it would not be a pass.
  const failed = numberAt(result, 'stats', 'unexpected') + numberAt(result, 'stats', 'flaky')
  return withExit(
    { passed: numberAt(result, 'stats', 'expected'), failed, skipped: numberAt(result, 'stats', 'skipped') },
    ok,
  )
}
