import { expect, test } from 'vitest'
import { supportedNines } from './report.ts'

test.each([
  [3_000, 0.999, 3],
  [29_999, 0.9999, 3],
  [30_000, 0.9999, 4],
  [3_000_000, 0.999999, 6],
  [2, 0, 0],
])('%i reads without a violation support a share of %f, which is %i nines', (reads, share, nines) => {
  const supported = supportedNines(reads)
  expect(supported.share).toBeCloseTo(share, 7)
  expect(supported.nines).toBe(nines)
})
