import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { closingLine, FAILED, PASSED, playwrightTally, sum, vitestTally } from './tally.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'tally-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(content: object): string {
  const file = path.join(folder, 'results.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

test('the closing line adds up every step, and names skipped tests where there are any', () => {
  expect(sum([PASSED, FAILED, { passed: 10, failed: 2, skipped: 3 }])).toEqual({ passed: 11, failed: 3, skipped: 3 })
  expect(closingLine(sum([]))).toBe('0 passed, 0 failed')
  expect(closingLine({ passed: 11, failed: 3, skipped: 3 })).toBe('11 passed, 3 failed, 3 skipped')
})

test('tests count as their runner counts them', () => {
  expect(vitestTally(written({ numPassedTests: 7, numFailedTests: 1, numPendingTests: 2 }), false)).toEqual({
    passed: 7,
    failed: 1,
    skipped: 2,
  })
  expect(playwrightTally(written({ stats: { expected: 5, unexpected: 2, flaky: 1, skipped: 4 } }), false)).toEqual({
    passed: 5,
    failed: 3,
    skipped: 4,
  })
})

test('a runner that crashes is a failure, whether or not it left a report', () => {
  expect(vitestTally(path.join(folder, 'missing.json'), false)).toEqual(FAILED)
  expect(vitestTally(written({ numPassedTests: 7, numFailedTests: 0 }), false)).toEqual({
    passed: 7,
    failed: 1,
    skipped: 0,
  })
  expect(playwrightTally(written({ stats: { expected: 5, unexpected: 0 } }), false)).toEqual({
    passed: 5,
    failed: 1,
    skipped: 0,
  })
})
