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
