import { expect, it } from 'vitest'
import { keys } from '../protocol/keys.ts'
import { parseTagState } from '../protocol/tagState.ts'
import { FollowedTags } from './followedTags.ts'

const entry = (head: number, ...names: string[]) => JSON.stringify([String(head), ...names.map(keys.tag)])
const LEASE = '3 server'
/** Complete up to head 10, with two tags. */
function followed(): FollowedTags {
  const tags = new FollowedTags()
  tags.follow(LEASE, 10, [])
  for (const name of ['a', 'b']) tags.keep(name, parseTagState('7'))
  return tags
}
const kept = (tags: FollowedTags) => ['a', 'b'].filter((name) => tags.get(name))

it.each([10, 11])('drops all where another lease has the head %i: of the same term, on another server', (head) => {
  const tags = followed()
  expect(tags.follow('3 another', head, [entry(head, 'c')])).toBe(true)
  expect([kept(tags), tags.head]).toEqual([[], head])
})

it('keeps what the log does not name, and drops what it names', () => {
  const tags = followed()
  expect(tags.follow(LEASE, 12, [entry(12, 'c'), entry(11, 'b', 'd')])).toBe(true)
  expect([kept(tags), tags.head]).toEqual([['a'], 12])
})

it('takes from a log that reaches further back what it has not heard of yet', () => {
  const tags = followed()
  tags.follow(LEASE, 11, [entry(11, 'b')])
  tags.keep('b', parseTagState('8'))
  tags.follow(LEASE, 12, [entry(12, 'c'), entry(11, 'b')])
  expect(kept(tags)).toEqual(['a', 'b'])
})

it.each([
  ['was trimmed', 12, [entry(12, 'c')]],
  ['has another history', 12, [entry(12, 'c'), entry(10, 'd')]],
  ['has a change of many tags', 12, [entry(12, 'c'), entry(11)]],
  ['is of another term', 2 ** 32, []],
])('drops everything when the log %s', (_case, head, log) => {
  const tags = followed()
  expect(tags.follow(LEASE, head, log)).toBe(true)
  expect([kept(tags), tags.head]).toEqual([[], head])
})

it('knows nothing after an answer that is older than the map', () => {
  const tags = followed()
  expect(tags.follow(LEASE, 9, [entry(9, 'c')])).toBe(false)
  expect(kept(tags)).toEqual([])
  expect(tags.follow(LEASE, 11, [entry(11, 'b')]), 'the next one').toBe(true)
  expect(tags.head).toBe(11)
})

it('says what has changed since a head, for as long as it remembers that', () => {
  const tags = followed()
  expect([tags.changedSince(10), tags.changedSince(9)]).toEqual([[], undefined])
  tags.follow(LEASE, 12, [entry(12, 'c'), entry(11, 'b')])
  tags.follow(LEASE, 13, [entry(13, 'a')])
  expect([10, 12, 13].map((head) => tags.changedSince(head)?.toSorted())).toEqual([['a', 'b', 'c'], ['a'], []])
  for (let head = 14; head < 300; head++) tags.follow(LEASE, head, [entry(head, 'd')])
  expect([tags.changedSince(13), tags.changedSince(298)]).toEqual([undefined, ['d']])
  tags.follow(LEASE, 301, [])
  expect([tags.changedSince(299), tags.changedSince(301)], 'after a gap in the log').toEqual([undefined, []])
  tags.follow(LEASE, 9, [])
  expect([tags.changedSince(301), tags.changedSince(9)], 'after an older answer').toEqual([undefined, undefined])
})

it('does not say what has changed since a head that the index has not come to, as after it lost its head', () => {
  const tags = followed()
  tags.follow(LEASE, 0, [])
  tags.follow(LEASE, 0, [])
  tags.follow(LEASE, 1, [entry(1, 'a')])
  expect([tags.changedSince(10), tags.changedSince(0)]).toEqual([undefined, ['a']])
})

it('holds a bounded number of tags, of which the first to come are the first to go', () => {
  const tags = followed()
  const state = parseTagState('1')
  for (let i = 0; i < 100_000; i++) tags.keep(`price:${i}`, state)
  const isHeld = (i: number) => tags.get(`price:${i}`) !== undefined
  const firstHeld = Array.from({ length: 100_000 }, (_, i) => i).findIndex(isHeld)
  expect([kept(tags), firstHeld > 0, firstHeld < 20_000]).toEqual([[], true, true])
  expect([firstHeld, 50_000, 99_999].map(isHeld)).toEqual([true, true, true])
})
