import { expect, test } from 'vitest'
import { logScale } from './scale.ts'

test('a scale begins at the power of ten below the least lag, so that a chart is not half empty', () => {
  const scale = logScale([210, 950, 4_000], [0, 1])
  expect(scale.ticks).toEqual([100, 1_000, 10_000])
  expect([100, 1_000, 10_000].map((ms) => Number(scale.position(ms).toFixed(9)))).toEqual([0, 0.5, 1])
})

test('it covers two powers of ten at least, and stays above 1 ms', () => {
  expect(logScale([], [0, 1]).ticks).toEqual([1, 10, 100])
  expect(logScale([0, 3], [0, 1]).ticks).toEqual([1, 10, 100])
  expect(logScale([300, 310], [0, 1]).ticks).toEqual([10, 100, 1_000])
  expect([0.5, 20_000].map((ms) => logScale([300], [0, 1]).position(ms))).toEqual([0, 1])
})
