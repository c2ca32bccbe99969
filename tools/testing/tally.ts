import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { root } from '../run/environment.ts'

/** The tests of a step, or of all, by outcome. */
export interface Tally {
  readonly passed: number
  /** Each failed test with the first lines of its error. */
  readonly failures: readonly string[]
  readonly skipped: number
}

export const PASSED: Tally = { passed: 1, failures: [], skipped: 0 }
export const failed = (failure: string): Tally => ({ passed: 0, failures: [failure], skipped: 0 })

export function sum(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((all, { passed }) => all + passed, 0),
    failures: tallies.flatMap(({ failures }) => failures),
    skipped: tallies.reduce((all, { skipped }) => all + skipped, 0),
  }
}

/**
 * The failed tests and the numbers, for the end of the output: what else is there is thousands of lines long.
 * @example closing({ passed: 7, failures: ['tally.test.ts > adds up'], skipped: 1 }) // 'Failed:\n- tally.test.ts > adds up\n\n7 passed, 1 failed, 1 skipped'
 */
export function closing({ passed, failures, skipped }: Tally): string {
  const list = failures.length === 0 ? '' : `Failed:\n${failures.map((failure) => `- ${failure}`).join('\n')}\n\n`
  return `${list}${passed} passed, ${failures.length} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`
}

const ERROR_LINES = 4

/** @param file absolute, or of `root` @param error as the runner reports it, with colours */
function failure(file: string, titles: readonly string[], error: string): string {
  // oxlint-disable-next-line no-control-regex
  const lines = error.replaceAll(/\u001b\[[\d;]*m/g, '').split('\n', ERROR_LINES)
  return [[path.relative(root, path.resolve(root, file)), ...titles].join(' > '), ...lines].join('\n    ').trimEnd()
}

/** A runner that failed without a failed test, because a file did not load or it crashed, counts as one failure. */
function withExit(tally: Tally, ok: boolean, runner: string): Tally {
  if (ok || tally.failures.length > 0) return tally
  return { ...tally, failures: [`${runner} ended with an error and names no failed test: see its output`] }
}

/** @returns nothing where the runner left no report, or one that is cut off */
function report<T>(file: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(file)) return undefined
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const vitestReport = z.object({
  numPassedTests: z.number(),
  numPendingTests: z.number().default(0),
  numTodoTests: z.number().default(0),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).default([]),
        }),
      ),
    }),
  ),
})

/** @param file what Vitest's JSON reporter wrote @param ok whether it exited with 0 */
export function vitestTally(file: string, ok: boolean): Tally {
  const result = report(file, vitestReport)
  const failures = (result?.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed')
    // A file that did not load, or whose set-up failed, has none.
    if (status === 'failed' && failed.length === 0) return [failure(name, [], message)]
    return failed.map((test) => failure(name, [...test.ancestorTitles, test.title], test.failureMessages[0] ?? ''))
  })
  const skipped = (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0)
  return withExit({ passed: result?.numPassedTests ?? 0, failures, skipped }, ok, 'Vitest')
}

const error = z.object({ message: z.string().default('') })
const suite = z.object({
  title: z.string(),
  specs: z.array(
    z.object({
      title: z.string(),
      file: z.string(),
      tests: z.array(z.object({ status: z.string(), results: z.array(z.object({ error: error.optional() })) })),
    }),
  ),
  get suites() {
    return z.array(suite).default([])
  },
})
const playwrightReport = z.object({
  suites: z.array(suite).default([]),
  errors: z.array(error).default([]),
  config: z.object({ rootDir: z.string() }),
  stats: z.object({ expected: z.number(), skipped: z.number() }),
})

/** @param titles of the groups around it */
function failuresOf({ specs, suites }: z.infer<typeof suite>, folder: string, titles: string[]): string[] {
  return [
    ...specs.flatMap((spec) =>
      spec.tests
        // A flaky test has failed once: without retries there is none, and if there were, it would not be a pass.
        .filter(({ status }) => status === 'unexpected' || status === 'flaky')
        .map(({ results }) =>
          failure(path.join(folder, spec.file), [...titles, spec.title], results[0]?.error?.message ?? ''),
        ),
    ),
    ...suites.flatMap((inner) => failuresOf(inner, folder, [...titles, inner.title])),
  ]
}

/** @param file what Playwright's JSON reporter wrote @param ok whether it exited with 0 */
export function playwrightTally(file: string, ok: boolean): Tally {
  const result = report(file, playwrightReport)
  const failures = (result?.suites ?? []).flatMap((each) => failuresOf(each, result?.config.rootDir ?? '', []))
  const errors = (result?.errors ?? []).map(({ message }) => message.split('\n', ERROR_LINES).join('\n    '))
  const tally = {
    passed: result?.stats.expected ?? 0,
    failures: [...failures, ...errors],
    skipped: result?.stats.skipped ?? 0,
  }
  return withExit(tally, ok, 'Playwright')
}
