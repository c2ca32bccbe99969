import { expect, test } from 'vitest'
import { drawRounds, FAULTS, LINKS, type Round } from './draw.ts'

const ROUNDS = 500
function rounds(seed: number): Round[] {
  const drawn = drawRounds(seed)
  return Array.from({ length: ROUNDS }, () => drawn.next().value)
}

test('draws the same faults from the same seed, and others from another', () => {
  expect(rounds(7)).toEqual(rounds(7))
  expect(rounds(8)).not.toEqual(rounds(7))
})

test('draws faults of every kind, alone and in pairs of two targets, none longer than 30 s', () => {
  const drawn = rounds(1)
  const faults = drawn.flat()
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(Object.keys(FAULTS)))
  expect(new Set(faults.map(({ target }) => target)).size).toBe(LINKS.length + 9)
  expect(new Set(drawn.map(({ length }) => length))).toEqual(new Set([1, 2]))
  for (const round of drawn) expect(new Set(round.map(({ target }) => target)).size).toBe(round.length)
  const longest = Math.max(...faults.map(({ lastsMs }) => lastsMs))
  expect(longest).toBeGreaterThan(20_000)
  expect(longest).toBeLessThanOrEqual(30_000)
})
