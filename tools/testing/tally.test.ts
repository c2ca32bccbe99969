import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root } from '../run/environment.ts'
import { closing, failed, PASSED, playwrightTally, sum, vitestTally } from './tally.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'tally-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(content: object | string): string {
  const file = path.join(folder, 'results.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const vitest = (...testResults: object[]) => ({ numPassedTests: 7, numPendingTests: 2, numTodoTests: 1, testResults })
const playwright = (...suites: object[]) => ({
  config: { rootDir: path.join(root, 'e2e') },
  stats: { expected: 5, skipped: 4 },
  suites,
})

test('the end of the output adds up every step, and names failed and skipped tests where there are any', () => {
  const steps = [PASSED, failed('Types'), { passed: 10, failures: ['a.test.ts > adds\n    Error: no'], skipped: 3 }]
  expect(closing(sum(steps))).toBe(
    'Failed:\n- Types\n- a.test.ts > adds\n    Error: no\n\n11 passed, 2 failed, 3 skipped',
  )
  expect(closing(sum([PASSED]))).toBe('1 passed, 0 failed')
})

test('a failed test of Vitest is named by file, groups and title, with the first lines of its error', () => {
  const failureMessages = ['\u001B[31mAssertionError\u001B[39m: expected 1 to be 2\n1\n2\n3\n4\n5']
  const red = { ancestorTitles: ['sums'], title: 'adds', status: 'failed', failureMessages }
  const green = { ...red, title: 'is there', status: 'passed', failureMessages: [] }
  const file = { name: path.join(root, 'lib/a.test.ts'), status: 'failed', message: '', assertionResults: [green, red] }
  const notLoaded = { name: path.join(root, 'lib/b.test.ts'), status: 'failed', message: 'no c', assertionResults: [] }
  expect(vitestTally(written(vitest(file, notLoaded)), false)).toEqual({
    passed: 7,
    failures: [
      'lib/a.test.ts > sums > adds\n    AssertionError: expected 1 to be 2\n    1\n    2\n    3',
      'lib/b.test.ts\n    no c',
    ],
    skipped: 3,
  })
})

test('a failed test of Playwright is named in the same way, and a flaky one has failed', () => {
  const spec = (title: string, status: string) => ({
    title,
    file: 'store/a.spec.ts',
    tests: [{ status, results: [{ error: { message: `Error: ${status}` } }] }],
  })
  const group = { title: 'on a phone', specs: [spec('opens', 'flaky')] }
  const file = { title: 'store/a.spec.ts', specs: [spec('loads', 'expected'), spec('sells', 'unexpected')] }
  expect(playwrightTally(written(playwright({ ...file, suites: [group] })), false)).toEqual({
    passed: 5,
    failures: [
      'e2e/store/a.spec.ts > sells\n    Error: unexpected',
      'e2e/store/a.spec.ts > on a phone > opens\n    Error: flaky',
    ],
    skipped: 4,
  })
  const withError = { ...playwright(), errors: [{ message: 'the folder of results is gone' }] }
  expect(playwrightTally(written(withError), false).failures).toEqual(['the folder of results is gone'])
})

test('a runner that crashes is a failure, whether or not it left a report', () => {
  const failures = [expect.stringContaining('names no failed test')]
  expect(vitestTally(path.join(folder, 'missing.json'), false)).toEqual({ passed: 0, failures, skipped: 0 })
  expect(vitestTally(written('{"numPassedTests":'), false)).toEqual({ passed: 0, failures, skipped: 0 })
  expect(vitestTally(written(vitest()), false)).toEqual({ passed: 7, failures, skipped: 3 })
  expect(playwrightTally(written(playwright()), false)).toEqual({ passed: 5, failures, skipped: 4 })
})
