import { expect, test } from 'vitest'
import { percentile } from './percentile.ts'

test('finds percentiles of unsorted values, and NaN of none', () => {
  expect(percentile([3, 1, 2], 0.5)).toBe(2)
  expect(percentile([3, 1, 2], 1)).toBe(3)
  expect(percentile([], 0.99)).toBe(Number.NaN)
})
