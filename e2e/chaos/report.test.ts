import { expect, test } from 'vitest'
import { Checker } from '../coherence/checker.ts'
import { INVARIANTS } from '../coherence/history.ts'
import { PLACES } from '../coherence/readings.ts'
import { drawRounds, type Fault } from './draw.ts'
import { document, supportedNines, violationsOf } from './report.ts'
import type { ChaosResult, HealedRound } from './run.ts'

test.each([
  [3_000, 0.999, 3],
  [29_999, 0.9999, 3],
  [30_000, 0.9999, 4],
  [3_000_000, 0.999999, 6],
  [2, 0, 0],
])('%i reads without a violation support a share of %f, which is %i nines', (reads, share, nines) => {
  const supported = supportedNines(reads)
  expect(supported.share).toBeCloseTo(share, 7)
  expect(supported.nines).toBe(nines)
})

const [first] = drawRounds(7).next().value
const of = (kind: 'redis-full' | 'redis-kill'): Fault => ({ ...first, kind, target: 'redis' })

function healed(fault: Fault, { felt = 1, believedMs = 900 } = {}): HealedRound {
  return { round: [fault], convergence: { equalMs: 0, wrong: [], liveMs: 400, believedMs }, felt }
}

/** Of a run in which all was as promised. */
function result(more: Partial<ChaosResult> = {}): ChaosResult {
  const byAnswer = { 'page, 200': { reads: 30_000, prices: 1 }, 'page, 304': { reads: 270_000, prices: 1 } }
  const byPlace = Object.fromEntries(PLACES.map((place) => [place, 1]))
  const counts = { reads: 0, byKind: {}, byOrigin: {}, byCache: {}, byPlace, failures: {}, byAnswer }
  return {
    seed: 7,
    calm: { edits: 30, renders: 0 },
    rounds: [healed(of('redis-full')), healed(of('redis-kill'))],
    history: {
      seconds: 1,
      counts,
      writes: { live: 1, propagating: 0, sql: 1, unanswered: 0, refused: 0 },
      verdict: { ...new Checker().finish([]), reads: 300_000 },
    },
    campaigns: { sales: 1, csv: 1, orders: 1, failed: 0 },
    agreement: {
      quietMs: 1,
      tags: 1,
      payloads: 1,
      pages: 1,
      pagesMs: 1_000,
      orderLines: 1,
      missedSales: 0,
      differences: [],
    },
    ...more,
  }
}

const written = (of: ChaosResult): string =>
  document(of, { machine: 'a machine', command: 'npm run chaos', load: [0, 0] }).replaceAll('\n', ' ')

test('a run in which all is as promised says so, with the nines of all reads and of those that were sent in full', () => {
  expect(violationsOf(result())).toBe(0)
  const text = written(result())
  expect(text).toContain('2 of 2 rounds healed within the 5,000 ms')
  expect(text).toContain('30 edits rendered 0 pages')
  expect(text).toContain(
    '300,000 reads supports, with 95 % confidence, a share of right reads of at least 99.9990 % (5 nines)',
  )
  expect(text).toContain('30,000 that were sent in full support at least 99.9900 % (4 nines)')
  expect(text).toContain('Each kind of fault was felt')
  // No stock was given to the checker: a row of zeros would say that it was judged.
  expect(text).not.toContain(INVARIANTS.oversold)
  expect(text).toContain('stock with all orders: 0 differences')
})

test('a round that heals later than 5 s is a violation, and is named', () => {
  const late = result({ rounds: [healed(of('redis-full')), healed(of('redis-kill'), { believedMs: 5_531 })] })
  expect(violationsOf(late)).toBe(1)
  expect(written(late)).toContain('1 of 2 rounds healed within')
  expect(written(late)).toMatch(
    /Violation: round 2 healed after more than 5,000 ms \(.*believed 5,531\): redis-kill redis/,
  )
})

test('an edit without a fault that renders a page is a violation, and so is a run without such an edit', () => {
  const costly = result({ calm: { edits: 30, renders: 2 } })
  expect(violationsOf(costly)).toBe(1)
  expect(written(costly)).toContain('Violation: 30 edits without a fault rendered 2 pages')
  expect(violationsOf(result({ calm: { edits: 0, renders: 0 } }))).toBe(1)
})

test('a kind of fault that nothing felt in any round is named', () => {
  const rounds = [
    healed(of('redis-full'), { felt: 0 }),
    healed(of('redis-kill'), { felt: 0 }),
    healed(of('redis-kill')),
  ]
  expect(written(result({ rounds }))).toContain('Never felt**, so that nothing was proved about them: `redis-full`.')
})

test('a run in which no sale, no file or no order came through, or a place was never read, is a violation', () => {
  const { campaigns, agreement, history } = result()
  for (const [name, words] of [
    ['sales', 'no sale came through'],
    ['csv', 'no file came through'],
    ['orders', 'no order came through'],
  ] as const) {
    const without = result({ campaigns: { ...campaigns, [name]: 0 } })
    expect(violationsOf(without)).toBe(1)
    expect(written(without)).toContain(`Violation: ${words}`)
  }
  expect(violationsOf(result({ agreement: { ...agreement, missedSales: 1 } }))).toBe(1)
  const { 'json-ld': _never, ...byPlace } = history.counts.byPlace
  const unread = result({ history: { ...history, counts: { ...history.counts, byPlace } } })
  expect(written(unread)).toContain('Violation: no read named a price in its place `json-ld`')
})
