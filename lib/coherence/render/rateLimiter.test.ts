import { expect, test } from 'vitest'
import { RateLimiter } from './rateLimiter.ts'

test('a few at once, then even steps, and a rest earns the few again', () => {
  let now = 0
  const limiter = new RateLimiter(10, 3, () => now)
  expect(Array.from({ length: 6 }, () => limiter.take())).toEqual([0, 0, 0, 100, 200, 300])
  now = 10_000
  expect(Array.from({ length: 4 }, () => limiter.take())).toEqual([0, 0, 0, 100])
})
