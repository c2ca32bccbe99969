import { describe, expect, test } from 'vitest'
import { Checker, STALE_BEHIND_MS, type Verdict } from './checker.ts'
import { check } from './checkHistory.ts'
import type { Committed, HistoryEvent, Line, Ordered, Read, Write } from './history.ts'

/** Version n of product 1 costs n euros. */
const COMMITTED: Committed[] = [1, 2, 3, 4].map((version) => ({ productId: 1, version, amountCents: version * 100 }))

function read(
  client: string,
  start: number,
  end: number,
  version: number,
  amountCents = version * 100,
  torn: string[] = [],
): HistoryEvent {
  const made: Read = {
    client,
    url: '/en/products/chair',
    instance: 'http://one',
    start,
    end,
    shown: [{ productId: 1, version, amountCents }],
    torn,
  }
  return { type: 'read', read: made }
}

function write(
  client: string,
  start: number,
  end: number,
  version: number,
  channel: Write['channel'] = 'api',
): HistoryEvent {
  return { type: 'write', write: { client, channel, productId: 1, version, amountCents: version * 100, start, end } }
}

const live = (version: number, at: number): HistoryEvent => ({ type: 'live', live: { productId: 1, version, at } })

const found = ({ counts }: Verdict) =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name]) => name)

test.each<[string, HistoryEvent[], string[]]>([
  ['a read that starts after an edit is live and shows it', [live(2, 10), read('a', 11, 12, 2)], []],
  ['a read that starts after an edit is live and shows less', [live(2, 10), read('a', 10, 12, 1)], ['stale']],
  ['a read that started before the edit was live, however late it ended', [live(2, 10), read('a', 9, 90, 1)], []],
  ['the newest of several live versions counts', [live(3, 10), live(2, 20), read('a', 21, 22, 2)], ['stale']],
  ['a client that goes back', [read('a', 0, 1, 2), read('a', 1, 2, 1)], ['backwards', 'overtaken']],
  ['another client that starts later and sees less', [read('a', 0, 1, 2), read('b', 1, 2, 1)], ['overtaken']],
  ['another client that started before that and sees less', [read('a', 0, 2, 2), read('b', 1, 3, 1)], []],
  ['two reads of a client at the same time have no order', [read('a', 0, 5, 2), read('a', 4, 6, 1)], []],
  [
    'of reads that ended out of order, those that ended before count',
    [read('a', 0, 9, 3), read('a', 0, 5, 2), read('a', 6, 10, 2)],
    [],
  ],
  ['the editor sees less than the edit', [write('a', 0, 5, 2), read('a', 5, 6, 1)], ['own-write']],
  ['another session is promised nothing by an edit that is not live', [write('a', 0, 5, 2), read('b', 6, 7, 1)], []],
  ['a console has no session to read its own writes in', [write('a', 0, 5, 2, 'sql'), read('a', 6, 7, 1)], []],
  ['a version that was never committed', [read('a', 0, 1, 9)], ['invented']],
  ['a version that is shown before its write began', [read('a', 0, 1, 2), write('b', 5, 6, 2)], ['invented']],
  ['a version that is shown while its write is under way', [read('a', 0, 6, 2), write('b', 5, 7, 2)], []],
  ['the amount of another version', [read('a', 0, 1, 2, 100)], ['torn']],
  ['two amounts of one version', [read('a', 0, 1, 2, 200), read('b', 0, 1, 2, 300)], ['torn']],
  ['a response that contradicts itself', [read('a', 0, 1, 2, 200, ['json-ld says 1.00'])], ['torn']],
])('%s', (_name, history, violations) => {
  expect(found(check(history, COMMITTED))).toEqual(violations)
})

test('a violation names the read and the one event that it contradicts', () => {
  const { violations } = check([write('editor', 0, 5, 3), live(3, 5), read('editor', 6, 7, 2)], COMMITTED)
  expect(
    violations.map(({ invariant, productId, read: { start }, shown, against }) => ({
      invariant,
      productId,
      start,
      shown,
      against,
    })),
  ).toEqual([
    {
      invariant: 'stale',
      productId: 1,
      start: 6,
      shown: { productId: 1, version: 2, amountCents: 200 },
      against: 'version 3 was live at 5.0 ms',
    },
    {
      invariant: 'own-write',
      productId: 1,
      start: 6,
      shown: { productId: 1, version: 2, amountCents: 200 },
      against: 'version 3: editor got the answer "live" for version 3 at 5.0 ms',
    },
  ])
})

describe('an edge', () => {
  const origin = 'http://edge'
  const atEdge = (client: string, start: number, version: number): HistoryEvent => {
    const event = read(client, start, start + 1, version)
    return event.type === 'read' ? { type: 'read', read: { ...event.read, instance: origin } } : event
  }

  test('that is cut off may be behind a web instance, and not behind itself', () => {
    const edge = { origin, cutOffSince: () => 0 }
    const verdict = check([read('a', 0, 1, 3), atEdge('b', 1, 1), atEdge('c', 2, 2)], COMMITTED, { edge })
    expect(found(verdict)).toEqual([])
    expect(verdict.behindOthers).toEqual({ edge: 2, stale: 0 })
    expect(found(check([atEdge('b', 0, 2), atEdge('c', 1, 1)], COMMITTED, { edge }))).toEqual(['overtaken'])
    expect(found(check([atEdge('b', 0, 2), read('c', 1, 2, 1)], COMMITTED, { edge }))).toEqual(['overtaken'])
  })

  test('may be behind what is live at web instances, until it is live at the edge', () => {
    const edge = { origin, cutOffSince: () => 0 }
    const due = (at: number, place: 'web' | 'edge'): HistoryEvent => ({
      type: 'live',
      live: { productId: 1, version: 2, at, place },
    })
    const history = [due(5, 'web'), due(11, 'edge')]
    expect(found(check([...history, read('a', 4, 5, 1), atEdge('b', 10, 1)], COMMITTED, { edge }))).toEqual([])
    expect(found(check([...history, read('a', 5, 6, 1)], COMMITTED, { edge }))).toEqual(['stale'])
    expect(found(check([...history, atEdge('b', 11, 1)], COMMITTED, { edge }))).toEqual(['stale'])
  })

  test('may not be behind what was shown before it was cut off, nor behind anything when it is not', () => {
    const edge = { origin, cutOffSince: (at: number) => (at >= 10 && at < 20 ? 10 : undefined) }
    const shown = [read('a', 0, 1, 2), read('a', 11, 12, 3)]
    expect(found(check([...shown, atEdge('b', 15, 2), atEdge('c', 25, 3)], COMMITTED, { edge }))).toEqual([])
    expect(found(check([...shown, atEdge('b', 15, 1)], COMMITTED, { edge }))).toEqual(['overtaken'])
    expect(found(check([...shown, atEdge('b', 20, 2)], COMMITTED, { edge }))).toEqual(['overtaken'])
    expect(found(check([read('a', 0, 1, 2), atEdge('b', 5, 1)], COMMITTED, { edge }))).toEqual(['overtaken'])
  })
})

test('an answer marked STALE may be behind for as long as it was confirmed before, and no longer', () => {
  const stale = (client: string, start: number): HistoryEvent => ({
    type: 'read',
    read: {
      client,
      url: '/',
      instance: 'one',
      start,
      end: start + 1,
      stale: true,
      shown: [{ productId: 1, version: 1, amountCents: 100 }],
      torn: [],
    },
  })
  const history = [live(2, 10), read('a', 11, 12, 2)]
  const allowed = check([...history, stale('a', 11 + STALE_BEHIND_MS - 2)], COMMITTED)
  expect(found(allowed)).toEqual([])
  expect(allowed.behindOthers).toEqual({ edge: 0, stale: 1 })
  expect(found(check([...history, stale('b', 11 + STALE_BEHIND_MS)], COMMITTED))).toEqual(['stale'])
  expect(found(check([...history, stale('a', 13 + STALE_BEHIND_MS)], COMMITTED))).toEqual([
    'stale',
    'backwards',
    'overtaken',
  ])
})

test('promises nothing to an editor whose answer is "still propagating", and counts early sights of the edit', () => {
  const edit: HistoryEvent = {
    type: 'write',
    write: {
      client: 'a',
      channel: 'api',
      propagating: true,
      productId: 1,
      version: 3,
      amountCents: 300,
      start: 0,
      end: 5,
    },
  }
  const verdict = check([edit, read('a', 6, 7, 2), read('b', 6, 7, 2), live(3, 10)], COMMITTED)
  expect(found(verdict)).toEqual([])
  expect(verdict.behindPropagating).toBe(1)
  expect(found(check([edit, live(3, 10), read('a', 11, 12, 2)], COMMITTED))).toEqual(['stale'])
})

test('memory grows with the edits, not with the reads', () => {
  const checker = new Checker()
  const shown = [{ productId: 1, version: 1, amountCents: 100 }]
  const readTimes = (times: number, from: number) => {
    for (let i = from; i < from + times; i++)
      checker.read({ client: `client ${i % 50}`, url: '/', instance: 'one', start: i, end: i + 1, shown, torn: [] })
  }
  readTimes(10_000, 0)
  const before = checker.size
  readTimes(200_000, 10_000)
  expect(checker.size).toBe(before)
})

describe('an order', () => {
  const line = (version: number, more: Partial<Line> = {}): Line => ({
    productId: 1,
    version,
    amountCents: version * 100,
    quantity: 2,
    ...more,
  })
  const order = (more: Partial<Ordered>): HistoryEvent => ({
    type: 'order',
    order: {
      client: 'a',
      instance: 'http://one',
      start: 20,
      end: 22,
      cart: 'cart 1',
      number: 'order 1',
      accepted: [line(2)],
      lines: [line(2)],
      ...more,
    },
  })
  const left = (after: number) => [{ productId: 1, before: 5, after }]

  test.each<[string, HistoryEvent[], number, string[]]>([
    ['as it was accepted, led to twice', [live(2, 10), order({}), order({})], 3, []],
    ['at a version that was not accepted', [order({ accepted: [line(1)] })], 3, ['unaccepted']],
    ['at another amount', [order({ accepted: [line(2, { amountCents: 1 })] })], 3, ['unaccepted']],
    ['of more than were accepted', [order({ accepted: [line(2, { quantity: 1 })] })], 3, ['unaccepted']],
    ['of a product that was not accepted', [order({ accepted: [] })], 3, ['unaccepted']],
    ['without a product that was accepted', [order({ lines: [] })], 5, ['unaccepted']],
    ['at a version that was old when its form was sent', [live(3, 10), order({})], 3, ['stale']],
    ['at less than its shopper had seen', [read('a', 0, 1, 3), order({})], 3, ['backwards', 'overtaken']],
    ['at a version that was never committed', [order({ accepted: [line(9)], lines: [line(9)] })], 3, ['invented']],
    ['and a second one of the same cart', [order({}), order({ number: 'order 2' })], 3, ['doubled']],
    ['whose stock was taken twice', [order({})], 1, ['oversold']],
    ['whose stock was not taken', [order({})], 5, ['oversold']],
    ['of more than there are', [order({}), order({ cart: 'cart 2' }), order({ cart: 'cart 3' })], -1, ['oversold']],
  ])('%s', (_name, history, after, violations) => {
    expect(found(check(history, COMMITTED, { stocks: left(after) }))).toEqual(violations)
  })
})

test('a read that shows a part of a commit is reported, whether it ends before the commit is known or after it', () => {
  const together = [1, 2]
  const pair = (client: string, start: number, first: number, second: number): HistoryEvent => {
    const shown = [first, second].map((version, i) => ({ productId: i + 1, version, amountCents: version * 100 }))
    return { type: 'read', read: { client, url: '/', instance: 'one', start, end: start + 1, shown, torn: [] } }
  }
  const begun: HistoryEvent = { type: 'together', together: { products: together } }
  const committed: HistoryEvent = { type: 'together', together: { products: together, versions: [2, 3] } }
  const rows = [1, 2].flatMap((productId) => COMMITTED.map((row) => ({ ...row, productId })))
  const half = (...reads: HistoryEvent[]) => check(reads, rows).counts.half
  expect(half(begun, pair('a', 0, 1, 2), pair('a', 1, 2, 3), committed, pair('a', 2, 2, 3), pair('a', 3, 4, 4))).toBe(0)
  expect(half(begun, pair('a', 0, 2, 2), committed)).toBe(1)
  expect(half(begun, pair('a', 0, 1, 3), committed)).toBe(1)
  expect(half(begun, committed, pair('a', 0, 4, 2))).toBe(1)
  expect(check([begun, pair('reader', 0, 2, 2), committed], rows).violations).toMatchObject([
    { invariant: 'half', productId: 2, read: { client: 'reader' }, shown: { version: 2 } },
  ])
})
