import { afterEach, expect, test, vi } from 'vitest'
import { backOffMs, Bell, type Pause, type Period, runPeriodically } from './periodic.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

/** Runs `round` until the test is over. @returns what stops it before, and waits for its end */
function running(round: () => Promise<Pause | void>, period: Partial<Period> = {}): () => Promise<void> {
  const stop = new AbortController()
  const ended = runPeriodically(round, { everyMs: 20, signal: stop.signal, failed: () => undefined, ...period })
  stops.push(async () => {
    stop.abort()
    await ended
  })
  return stops.at(-1) ?? (() => ended)
}

test('begins at once, and a round only when the one before it is over', async () => {
  const first = Promise.withResolvers<void>()
  const slow = vi.fn<() => Promise<void>>(() => first.promise)
  running(slow, { everyMs: 1 })
  expect(slow).toHaveBeenCalledTimes(1)
  const quick = vi.fn<() => Promise<void>>(async () => undefined)
  running(quick, { everyMs: 1 })
  await vi.waitFor(() => expect(quick.mock.calls.length).toBeGreaterThan(5), 10_000)
  expect(slow).toHaveBeenCalledTimes(1)
  first.resolve()
  await vi.waitFor(() => expect(slow.mock.calls.length).toBeGreaterThan(1), 10_000)
})

test('counts the time of a round as part of the pause', async () => {
  const began: number[] = []
  running(
    async () => {
      began.push(performance.now())
      await new Bell().pause(90)
    },
    { everyMs: 120 },
  )
  await vi.waitFor(() => expect(began.length).toBeGreaterThan(5), 10_000)
  // The shortest: a busy machine makes some of them longer.
  const shortestMs = Math.min(...began.slice(1).map((at, i) => at - (began[i] ?? 0)))
  expect(shortestMs).toBeGreaterThanOrEqual(110)
  expect(shortestMs).toBeLessThan(200)
})

test('goes on after a failure, counts failures in a row, and forgets them after a success', async () => {
  let rounds = 0
  const failed = vi.fn<Period['failed']>()
  running(
    async () => {
      rounds++
      if (rounds !== 3) throw new Error(`round ${rounds}`)
    },
    { everyMs: 2, failed },
  )
  await vi.waitFor(() => expect(failed.mock.calls.length).toBeGreaterThan(3), 10_000)
  expect(failed.mock.calls.slice(0, 4).map(([error, failures]) => [String(error), failures])).toEqual([
    ['Error: round 1', 1],
    ['Error: round 2', 2],
    ['Error: round 4', 1],
    ['Error: round 5', 2],
  ])
})

test('pauses longer with each failure where it may, up to a bound', async () => {
  const failedAt: number[] = []
  const failed = () => void failedAt.push(performance.now())
  running(
    async () => {
      throw new Error('away')
    },
    { everyMs: 1, longestMs: 80, failed },
  )
  await vi.waitFor(() => expect(failedAt.length).toBeGreaterThanOrEqual(10), { timeout: 5_000 })
  const pauses = failedAt.slice(1, 10).map((at, i) => at - (failedAt[i] ?? 0))
  expect(Math.max(...pauses.slice(-2))).toBeGreaterThanOrEqual(39)
})

test.each([
  [1, 50, 100],
  [2, 100, 200],
  [9, 500, 1_000],
])('after failure %i waits between %i and %i ms, and not the same each time', (failures, least, most) => {
  const drawn = Array.from({ length: 200 }, () => backOffMs(failures, { firstMs: 100, longestMs: 1_000 }))
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(least)
  expect(Math.max(...drawn)).toBeLessThanOrEqual(most)
  expect(new Set(drawn).size).toBeGreaterThan(100)
})

test('ends the pause when it is stopped, and waits for the round under way', async () => {
  const stopPausing = running(async () => undefined, { everyMs: 3_600_000 })
  await stopPausing()

  const round = Promise.withResolvers<void>()
  let isOver = false
  const stop = running(async () => {
    await round.promise
    isOver = true
  })
  const stopped = stop()
  round.resolve()
  await stopped
  expect(isOver).toBe(true)
})

test('waits as long as a round says, and shorter when the bell rings, also during a round', async () => {
  const bell = new Bell()
  let rounds = 0
  const round = async () => ({ pauseMs: ++rounds === 1 ? 1 : 3_600_000 })
  running(round, { everyMs: 3_600_000, bell })
  await vi.waitFor(() => expect(rounds).toBe(2), 10_000)
  bell.ring()
  await vi.waitFor(() => expect(rounds).toBe(3), 10_000)

  const during = new Bell()
  let others = 0
  running(
    async () => {
      if (++others === 1) during.ring()
    },
    { everyMs: 3_600_000, bell: during },
  )
  await vi.waitFor(() => expect(others).toBe(2), 10_000)
})
