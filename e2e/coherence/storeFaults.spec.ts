/** A history over the fault that is hardest for a cache: a Redis that is older than it was. The whole list is `npm run coherence -- --store-faults all`. */
import { expect, test } from '@playwright/test'
import { measured } from '../support/measured.ts'
import { describe } from './report.ts'
import { CONVERGED_WITHIN_MS } from './outage.ts'
import { runUnderFault } from './storeFaults/faultRun.ts'
import { faultTable } from './storeFaults/faultReport.ts'
import { type Fleet, startFleet } from './storeFaults/fleets.ts'

/** The time that a machine adds on which other tests run. */
const MARGIN_MS = 2_000

let fleet: Fleet

test.beforeAll(async () => {
  test.setTimeout(120_000)
  fleet = await startFleet('redis', test.info().outputPath('shop.log'))
})
test.afterAll(() => fleet.close())

test('no read of a history shows an old price, and all is well within 5 s after Redis came back with an old file', async () => {
  test.setTimeout(120_000)
  const run = await runUnderFault(fleet, 'old-file')
  const { verdict, writes, counts } = run.result
  await test.info().attach('history.md', { body: faultTable([run]), contentType: 'text/markdown' })
  const { equalMs, liveMs, believedMs } = run.convergence
  measured(
    `${verdict.reads} reads; ${[equalMs, liveMs, believedMs].map(Math.round).join(', ')} ms until equal, live, believed`,
  )
  expect(verdict.violations.map(describe)).toEqual([])
  expect(Math.max(equalMs, liveMs, believedMs)).toBeLessThan(CONVERGED_WITHIN_MS + MARGIN_MS)
  // The fault was felt, and the history has something to say.
  const failures = Object.keys(counts.failures).length
  expect(writes.propagating + writes.refused + writes.unanswered + failures).toBeGreaterThan(0)
  expect(Math.min(writes.live, writes.sql)).toBeGreaterThan(0)
  expect(verdict.reads).toBeGreaterThan(500)
})
