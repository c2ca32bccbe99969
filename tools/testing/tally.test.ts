import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { FAILED, PASSED, playwrightTally, sum, vitestTally } from './tally.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'tally-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(content: object): string {
  const file = path.join(folder, 'results.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

test('the closing line adds up every step', () => {
  expect(sum([PASSED, FAILED, { passed: 10, failed: 2 }])).toEqual({ passed: 11, failed: 3 })
  expect(sum([])).toEqual({ passed: 0, failed: 0 })
})

test('tests count as their runner counts them', () => {
  expect(vitestTally(written({ numPassedTests: 7, numFailedTests: 1 }), false)).toEqual({ passed: 7, failed: 1 })
  expect(playwrightTally(written({ stats: { expected: 5, unexpected: 2, flaky: 1, skipped: 0 } }), false)).toEqual({
    passed: 5,
    failed: 3,
  })
})

test('a runner that crashes is a failure, whether or not it left a report', () => {
  expect(vitestTally(path.join(folder, 'missing.json'), false)).toEqual({ passed: 0, failed: 1 })
  expect(vitestTally(written({ numPassedTests: 7, numFailedTests: 0 }), false)).toEqual({ passed: 7, failed: 1 })
  expect(playwrightTally(written({ stats: { expected: 5, unexpected: 0 } }), false)).toEqual({ passed: 5, failed: 1 })
})
