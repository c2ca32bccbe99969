import { expect, test } from 'vitest'
import { CONVERGED_WITHIN_MS, Outage, SQL_LIVE_WITHIN_MS } from './outage.ts'

/** Of a write that is committed now, and one that is committed when all that is due has come. */
function dueTimes(outage: Outage): { now: number; later: number } {
  const due = { now: Infinity, later: Infinity }
  const now = performance.now()
  outage.liveWithinBounds(now, (at) => (due.now = Math.round(at - now)))
  const later = now + 2 * CONVERGED_WITHIN_MS
  outage.liveWithinBounds(later, (at) => (due.later = Math.round(at - later)))
  return due
}

test('what was written during an outage is due 5 s after its cause is gone, before the fleet is seen to be well', () => {
  const outage = new Outage()
  expect(dueTimes(outage)).toEqual({ now: SQL_LIVE_WITHIN_MS, later: SQL_LIVE_WITHIN_MS })
  outage.begin()
  let dueAt = Infinity
  outage.liveWithinBounds(performance.now(), (at) => (dueAt = at))
  expect(dueAt).toBe(Infinity)

  const [goneAt] = [performance.now(), outage.recover()]
  expect(dueAt).toBeGreaterThanOrEqual(goneAt + CONVERGED_WITHIN_MS)
  const { now, later } = dueTimes(outage)
  expect(now).toBeLessThanOrEqual(CONVERGED_WITHIN_MS)
  expect(now).toBeGreaterThan(SQL_LIVE_WITHIN_MS)
  expect(later).toBe(SQL_LIVE_WITHIN_MS)

  const due = dueAt
  outage.heal()
  expect(dueAt).toBe(due)
  expect(dueTimes(outage)).toEqual({ now: SQL_LIVE_WITHIN_MS, later: SQL_LIVE_WITHIN_MS })
})

test('says since when it has lasted, at a moment of it, and is over when the fleet is seen to be well', () => {
  const outage = new Outage()
  const before = performance.now()
  outage.begin()
  const [begun, during] = [performance.now(), performance.now() + 100]
  const since = outage.since(during) ?? 0
  expect(since).toBeGreaterThanOrEqual(before)
  expect(since).toBeLessThanOrEqual(begun)
  expect(outage.since(before - 1)).toBeUndefined()
  expect(outage.covers(during, during + 60_000)).toBe(true)
  expect(outage.covers(before - 1, during)).toBe(false)

  outage.recover()
  const recovered = performance.now()
  expect(outage.since(recovered + CONVERGED_WITHIN_MS - 100)).toBe(since)
  expect(outage.since(recovered + CONVERGED_WITHIN_MS)).toBeUndefined()
  expect(outage.covers(during, recovered + CONVERGED_WITHIN_MS + 100)).toBe(false)
  outage.heal()
  expect(outage.since(recovered + CONVERGED_WITHIN_MS - 100)).toBeUndefined()
  expect(outage.since(since)).toBe(since)
})

test('what was written during an outage is due by its bounds, at the edge later, and for all when the outage is over', () => {
  const outage = new Outage({ web: 5_200, edge: 11_000 })
  outage.begin()
  const committedAt = performance.now()
  const due: [number, string | undefined][] = []
  outage.liveWithinBounds(committedAt, (at, place) => due.push([at - committedAt, place]))
  expect(due).toEqual([
    [5_200, 'web'],
    [11_000, 'edge'],
  ])
  outage.recover()
  expect(due).toHaveLength(3)
  const [at, place] = due[2] ?? []
  expect(at).toBeGreaterThanOrEqual(CONVERGED_WITHIN_MS)
  expect(at).toBeLessThan(CONVERGED_WITHIN_MS + 1_000)
  expect(place).toBeUndefined()
})
