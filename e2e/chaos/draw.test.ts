import { expect, test } from 'vitest'
import { DISK_FAULTS, drawRounds, KINDS, LINKS, type Round } from './draw.ts'

const ROUNDS = 500
function rounds(seed: number): Round[] {
  const drawn = drawRounds(seed)
  return Array.from({ length: ROUNDS }, () => drawn.next().value)
}

test('draws the same faults from the same seed, and others from another', () => {
  expect(rounds(7)).toEqual(rounds(7))
  expect(rounds(8)).not.toEqual(rounds(7))
})

test('draws each kind once before it draws one again', () => {
  const kinds = rounds(1).flatMap((round) => round.map(({ kind }) => kind))
  for (let deck = 0; deck < 10; deck++) {
    const cards = kinds.slice(deck * KINDS.length, (deck + 1) * KINDS.length)
    expect(cards.toSorted()).toEqual([...KINDS].toSorted())
  }
})

test('leaves out what a machine cannot do', () => {
  const kinds = KINDS.filter((kind) => !DISK_FAULTS.includes(kind))
  const drawn = drawRounds(3, kinds)
  const faults = Array.from({ length: ROUNDS }, () => drawn.next().value).flat()
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(kinds))
})

test('draws faults of every target, alone and in pairs that have no process in common, none longer than 30 s', () => {
  const drawn = rounds(1)
  const faults = drawn.flat()
  expect(new Set(faults.map(({ target }) => target)).size).toBe(LINKS.length + 10)
  expect(new Set(drawn.map(({ length }) => length))).toEqual(new Set([1, 2]))
  for (const round of drawn) {
    const touched = round.flatMap(({ target }) => (target === 'web' ? ['web-1', 'web-2', 'web-3'] : [target]))
    expect(new Set(touched).size).toBe(touched.length)
  }
  const longest = Math.max(...faults.map(({ lastsMs }) => lastsMs))
  expect(longest).toBeGreaterThan(20_000)
  expect(longest).toBeLessThanOrEqual(30_000)
})

test.each(['pause', 'redis-frozen', 'postgres-frozen'])(
  'draws %s for a second at least, and now and then for half a minute',
  (kind) => {
    const lasting = rounds(1)
      .flat()
      .filter((fault) => fault.kind === kind)
      .map(({ lastsMs }) => lastsMs)
    expect(Math.min(...lasting)).toBeGreaterThanOrEqual(1_000)
    expect(Math.max(...lasting)).toBeGreaterThan(20_000)
  },
)
