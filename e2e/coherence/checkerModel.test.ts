import fc from 'fast-check'
import { expect, test } from 'vitest'
import { check } from './checker.ts'
import type { Committed, HistoryEvent, Read, Write } from './history.ts'

/**
 * The invariants as the design states them, by looking at every pair of events: slow, and too simple to be wrong in
 * the same way as the checker, which sees each read once.
 */
function byDefinition(history: readonly HistoryEvent[], committed: readonly Committed[]): Record<string, number> {
  const reads = history.flatMap((event) => (event.type === 'read' ? [event.read] : []))
  const writes = history.flatMap((event) => (event.type === 'write' ? [event.write] : []))
  const lives = history.flatMap((event) => (event.type === 'live' ? [event.live] : []))
  const version = (read: Read) => read.shown[0]?.version ?? 0
  const before = (read: Read) =>
    reads.filter((other) => other.client === read.client && other.end <= read.start && version(other) > version(read))
  const own = (read: Read) =>
    writes.filter((write) => write.client === read.client && write.end <= read.start && write.version > version(read))
  const highest = (versions: number[]) => Math.max(0, ...versions)
  const ownFirst = (read: Read) => highest(own(read).map((write) => write.version)) > highest(before(read).map(version))
  return {
    stale: reads.filter((read) => lives.some(({ at, version: alive }) => at <= read.start && alive > version(read)))
      .length,
    violatesSession: reads.filter((read) => before(read).length > 0 || own(read).length > 0).length,
    ownFirst: reads.filter(ownFirst).length,
    invented: new Set(reads.map(version).filter((shown) => !committed.some((row) => row.version === shown))).size,
  }
}

const moment = fc.integer({ min: 0, max: 30 })
const version = fc.integer({ min: 1, max: 5 })
const client = fc.constantFrom('a', 'b')
const span = fc.tuple(moment, moment).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) + 1 }))

const aRead = fc.record({ client, version, span }).map(({ client, version, span }): HistoryEvent => {
  const read: Read = {
    client,
    url: '/',
    instance: 'one',
    ...span,
    shown: [{ productId: 1, version, amountCents: version * 100 }],
    torn: [],
  }
  return { type: 'read', read }
})
const aWrite = fc.record({ client, version, span }).map(({ client, version, span }): HistoryEvent => {
  // It began at once, so that no read is before it: that rule has tests of its own.
  const write: Write = {
    client,
    channel: 'api',
    productId: 1,
    version,
    amountCents: version * 100,
    start: 0,
    end: span.end,
  }
  return { type: 'write', write }
})
const aLive = fc
  .record({ version, at: moment })
  .map((live): HistoryEvent => ({ type: 'live', live: { productId: 1, ...live } }))

/** In the order of events: a read and a write are recorded when they end. */
function whenTold(event: HistoryEvent): number {
  if (event.type === 'live') return event.live.at
  if (event.type === 'read') return event.read.end
  return event.type === 'write' ? event.write.end : 0
}

test('finds exactly the violations of the definition in any history', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: aRead }, aWrite, aLive), { maxLength: 25 }), (events) => {
      const history = events.toSorted((a, b) => whenTold(a) - whenTold(b))
      const committed = [1, 2, 3, 4].map((version) => ({ productId: 1, version, amountCents: version * 100 }))
      const { counts } = check(history, committed)
      const expected = byDefinition(history, committed)
      expect(counts.stale).toBe(expected['stale'])
      expect(counts.backwards + counts['own-write']).toBe(expected['violatesSession'])
      expect(counts['own-write']).toBeGreaterThanOrEqual(expected['ownFirst'] ?? 0)
      expect(counts.invented).toBe(expected['invented'])
      expect(counts.torn).toBe(0)
    }),
    { numRuns: 3_000 },
  )
})
