import fc from 'fast-check'
import { expect, test } from 'vitest'
import { STALE_BEHIND_MS } from './checker.ts'
import { check } from './checkHistory.ts'
import type { Committed, HistoryEvent, Read, Shown, Write } from './history.ts'

const EDGE = 'edge'
const PRODUCTS = [1, 2]

/**
 * The invariants as the design states them, by looking at every pair of events: slow, and too simple to be wrong in
 * the same way as the checker, which sees each read once.
 */
function byDefinition(
  history: readonly HistoryEvent[],
  committed: readonly Committed[],
  cutOff: Span,
): Record<string, number> {
  const reads = history.flatMap((event) => (event.type === 'read' ? [event.read] : []))
  const writes = history.flatMap((event) => (event.type === 'write' ? [event.write] : []))
  const lives = history.flatMap((event) => (event.type === 'live' ? [event.live] : []))
  const prices = reads.flatMap((read) => read.shown.map((shown) => ({ ...read, ...shown })))
  type Price = (typeof prices)[number]
  const asOf = (price: Price) => price.start - (price.stale ? STALE_BEHIND_MS : 0)
  const isNewer = (other: Shown, price: Price) => other.productId === price.productId && other.version > price.version
  const before = (price: Price, time = asOf(price)) =>
    prices.filter((other) => isNewer(other, price) && other.end <= time)
  const isOwn = (price: Price) => (other: { readonly client: string }) => other.client === price.client
  const own = (price: Price) =>
    writes.filter((write) => isOwn(price)(write) && isNewer(write, price) && write.end <= asOf(price))
  const highest = (versions: readonly Shown[]) => Math.max(0, ...versions.map(({ version }) => version))
  const overtakes = (price: Price) =>
    before(price).some(
      ({ instance, end }) =>
        price.instance !== EDGE || instance === EDGE || !isWithin(cutOff, price.start) || end <= cutOff.start,
    )
  const behind = prices.filter((price) => before(price, price.start).length > 0 && !overtakes(price))
  return {
    stale: prices.filter((price) =>
      lives.some(({ at, ...live }) => at <= asOf(price) && isNewer({ amountCents: 0, ...live }, price)),
    ).length,
    violatesSession: prices.filter((price) => before(price).some(isOwn(price)) || own(price).length > 0).length,
    ownFirst: prices.filter((price) => highest(own(price)) > highest(before(price).filter(isOwn(price)))).length,
    overtaken: prices.filter(overtakes).length,
    behindAtEdge: behind.filter(({ instance }) => instance === EDGE).length,
    behindStale: behind.filter(({ instance }) => instance !== EDGE).length,
    invented: new Set(
      prices
        .filter((price) => !committed.some((row) => row.productId === price.productId && row.version === price.version))
        .map(({ productId, version }) => `${productId}@${version}`),
    ).size,
    half: halves(history),
  }
}

interface Span {
  readonly start: number
  readonly end: number
}
const isWithin = ({ start, end }: Span, time: number): boolean => time >= start && time < end

/** Pairs of a commit and a read that shows a part of it. What is shown again while a write is under way counts once. */
function halves(history: readonly HistoryEvent[]): number {
  const togethers = history.flatMap((event, i) => (event.type === 'together' ? [{ ...event.together, i }] : []))
  return togethers.reduce((sum, { products, versions, i: end }) => {
    if (!versions) return sum
    const begun = togethers.find((other) => other.products === products)?.i ?? 0
    const shows = history.slice(begun).flatMap((event, i) => {
      if (event.type !== 'read') return []
      const isAfter = event.read.shown.flatMap(({ productId, version }) => {
        const made = versions[products.indexOf(productId)]
        return made === undefined ? [] : [version >= made]
      })
      return isAfter.includes(true) && isAfter.includes(false) ? [{ shown: event.read.shown, i: begun + i }] : []
    })
    const underWay = new Set(shows.filter(({ i }) => i < end).map(({ shown }) => shown))
    return sum + underWay.size + shows.filter(({ i }) => i > end).length
  }, 0)
}

/** Milliseconds: so far apart that some are longer before a read than a STALE answer may be behind, and some are not. */
const moment = fc.integer({ min: 0, max: 30 }).map((step) => step * 200)
const version = fc.integer({ min: 1, max: 5 })
const product = fc.constantFrom(...PRODUCTS)
const client = fc.constantFrom('a', 'b')
const span = fc.tuple(moment, moment).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) + 1 }))

const priceOf = (productId: number, version: number): Shown => ({ productId, version, amountCents: version * 100 })
/** The same page is the same array, as it is for the readers of a fleet. */
const pages = [1, 2, 3, 4, 5].flatMap((first) => [
  [priceOf(1, first)],
  [priceOf(2, first)],
  ...[1, 2, 3, 4, 5].map((second) => [priceOf(1, first), priceOf(2, second)]),
])

const aRead = fc
  .record({
    client,
    span,
    shown: fc.constantFrom(...pages),
    instance: fc.constantFrom('one', 'two', EDGE),
    stale: fc.integer({ min: 0, max: 3 }).map((drawn) => drawn === 0),
  })
  .map(({ span, ...drawn }): HistoryEvent[] => {
    const read: Read = { url: '/', torn: [], ...span, ...drawn }
    return [{ type: 'read', read }]
  })
const aWrite = fc
  .record({ client, product, version, span })
  .map(({ client, product, version, span }): HistoryEvent[] => {
    // It began at once, so that no read is before it: that rule has a test below.
    const write: Write = { client, channel: 'api', ...priceOf(product, version), start: 0, end: span.end }
    return [{ type: 'write', write }]
  })
const aLive = fc
  .record({ productId: product, version, at: moment })
  .map((live): HistoryEvent[] => [{ type: 'live', live }])
const aCommit = fc
  .record({ versions: fc.tuple(version, version), span, isKnown: fc.boolean() })
  .map(({ versions, span, isKnown }): Timed[] => {
    const products = [...PRODUCTS]
    const begun: Timed = { type: 'together', together: { products }, told: span.start }
    const ended: Timed = { type: 'together', together: { products, versions }, told: span.end }
    return isKnown ? [begun, ended] : [begun]
  })

type Timed = HistoryEvent & { readonly told?: number }

/** In the order of events: a read and a write are recorded when they end. */
function whenTold(event: Timed): number {
  if (event.told !== undefined) return event.told
  if (event.type === 'live') return event.live.at
  if (event.type === 'read') return event.read.end
  return event.type === 'write' ? event.write.end : 0
}

test('finds exactly the violations of the definition in any history', () => {
  const events = fc.oneof({ weight: 5, arbitrary: aRead }, aWrite, aLive, aCommit)
  fc.assert(
    fc.property(fc.array(events, { maxLength: 25 }), span, (drawn, cutOff) => {
      const history = drawn.flat().toSorted((a, b) => whenTold(a) - whenTold(b))
      const committed = PRODUCTS.flatMap((id) => [1, 2, 3, 4].map((version) => priceOf(id, version)))
      const { counts, behindOthers } = check(history, committed, {
        edge: { origin: EDGE, cutOffSince: (at) => (isWithin(cutOff, at) ? cutOff.start : undefined) },
      })
      const expected = byDefinition(history, committed, cutOff)
      expect(counts.stale).toBe(expected['stale'])
      expect((counts.backwards ?? 0) + (counts['own-write'] ?? 0)).toBe(expected['violatesSession'])
      expect(counts['own-write']).toBeGreaterThanOrEqual(expected['ownFirst'] ?? 0)
      expect(counts.overtaken).toBe(expected['overtaken'])
      expect(behindOthers).toEqual({ edge: expected['behindAtEdge'], stale: expected['behindStale'] })
      expect(counts.invented).toBe(expected['invented'])
      expect(counts.half).toBe(expected['half'])
      expect(counts.torn).toBe(0)
    }),
    { numRuns: 3_000 },
  )
})

/** A read of a version, or the write that makes it. */
interface Operation {
  readonly isWrite: boolean
  readonly version: number
  readonly start: number
  readonly end: number
}

/** Whether a register could have done all of it one after the other, each at a moment between its start and its end: by trying. */
function isLinearizable(left: readonly Operation[], holds = 1): boolean {
  if (left.length === 0) return true
  return left.some((next) => {
    const others = left.filter((other) => other !== next)
    const isFirst = others.every(({ end }) => next.start < end)
    const fits = next.isWrite ? next.version === holds + 1 : next.version === holds
    return isFirst && fits && isLinearizable(others, next.version)
  })
}

/** Operations with moments of their own. The row is locked, so that a write which begins later makes a later version. */
const operations = fc.array(fc.tuple(fc.boolean(), version), { maxLength: 7 }).chain((kinds) =>
  fc
    .shuffledSubarray(
      kinds.flatMap((_, i) => [2 * i, 2 * i + 1]),
      { minLength: 2 * kinds.length },
    )
    .map((moments): Operation[] => {
      const spans = kinds
        .map(([isWrite, version], i) => {
          const [start = 0, end = 0] = moments.slice(2 * i, 2 * i + 2).toSorted((a, b) => a - b)
          return { isWrite, version, start, end }
        })
        .toSorted((a, b) => a.start - b.start)
      let made = 1
      return spans.map((one) => (one.isWrite ? { ...one, version: ++made } : one))
    }),
)

test('finds nothing exactly if the history of a row is linearizable', () => {
  const seen = { linearizable: 0, not: 0 }
  fc.assert(
    fc.property(operations, (drawn) => {
      const versions = [1, ...drawn.filter(({ isWrite }) => isWrite).map(({ version }) => version)]
      // What nothing has written is refused by both, and says nothing here.
      const kept = drawn.filter(({ version }) => versions.includes(version))
      const history = kept
        .toSorted((a, b) => a.end - b.end)
        .flatMap(({ isWrite, ...times }, i): HistoryEvent[] => {
          const { version, start, end } = times
          if (!isWrite)
            return [
              {
                type: 'read',
                read: {
                  client: `reader ${i}`,
                  url: '/',
                  instance: 'one',
                  start,
                  end,
                  shown: [priceOf(1, version)],
                  torn: [],
                },
              },
            ]
          const write: Write = { client: 'editor', channel: 'api', ...priceOf(1, version), start, end }
          return [
            { type: 'write', write },
            { type: 'live', live: { productId: 1, version, at: end } },
          ]
        })
      const { violations } = check(
        history,
        versions.map((version) => priceOf(1, version)),
      )
      const expected = isLinearizable(kept)
      seen[expected ? 'linearizable' : 'not']++
      expect(violations.length === 0).toBe(expected)
    }),
    { numRuns: 3_000 },
  )
  expect(Math.min(seen.linearizable, seen.not)).toBeGreaterThan(300)
})
