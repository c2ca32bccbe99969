import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Floor, LONGEST_READ_MS } from './floor.ts'

const step = fc.record({ at: fc.integer({ min: 0, max: 200 }), version: fc.integer({ min: 1, max: 30 }) })

test('the floor at any time is the highest version that was raised by then, in any order of the calls', () => {
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 0, max: 250 }), (steps, time) => {
      const floor = new Floor<undefined>()
      for (const { at, version } of steps) floor.raise(at, version, undefined)
      const expected = Math.max(0, ...steps.filter(({ at }) => at <= time).map(({ version }) => version))
      expect(floor.at(time)?.version ?? 0).toBe(expected)
    }),
    { numRuns: 2_000 },
  )
})

test('forgets what no read under way can ask for, and keeps the rest', () => {
  const floor = new Floor<undefined>()
  for (let version = 1; version <= 100_000; version++) floor.raise(version * 10, version, undefined)
  const now = 1_000_000
  expect(floor.size).toBeLessThan(LONGEST_READ_MS / 10 + 100)
  expect(floor.at(now - LONGEST_READ_MS)?.version).toBe((now - LONGEST_READ_MS) / 10)
})
