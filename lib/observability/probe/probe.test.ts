import { describe, expect, test } from 'vitest'
import { NO_STATEMENT, readStatement } from '#lib/catalog/pageStatement.ts'
import { judgePage, type PriceTruth } from '#lib/verification/judge.ts'
import type { PageReading } from '#lib/verification/readPage.ts'
import type { DatedFloor } from '#lib/verification/truth.ts'
import { ProbeQueue } from './probeQueue.ts'
import { Mismatches } from './mismatches.ts'
import { probeTargets, type ProbeReading, type ProbeTask } from './reading.ts'
import { TargetHealth } from './targetHealth.ts'

const AT = new Date('2026-11-21T09:00:00Z')
const floor: DatedFloor = { version: 7, amountMinor: 1_290, at: AT }
const truth: PriceTruth<DatedFloor> = {
  floor: () => floor,
  amount: (_id, version) => ({ 6: 1_190, 7: 1_290 })[version],
  reducedFrom: () => undefined,
}

function page(version = 7, cents = 1_290): PageReading {
  const html = `<meta name="price-version" content="42@${version}"/><b data-product-id="42" data-price-version="${version}" data-amount-cents="${cents}"></b>`
  const statement = readStatement(html, 42, '')
  return { url: '/de/products/lamp', status: 200, failure: undefined, headers: {}, statement, durationMs: 1 }
}

function failed(message: string): PageReading {
  const failure = { kind: 'no-connection' as const, message }
  return { ...page(), status: undefined, failure, statement: NO_STATEMENT }
}

const task: ProbeTask = {
  target: { layer: 'page', name: 'Web 1', url: 'http://127.0.0.1' },
  path: '/de/products/lamp',
  locale: 'de',
  productId: 42,
  change: undefined,
  rank: 0,
}

function reading(given: PageReading, ageMs: number): ProbeReading {
  const [judged] = judgePage(given, 42, truth)
  if (!judged) throw new Error('the page says nothing')
  return { task, page: given, judged: { ...judged, expected: floor }, readAt: new Date(AT.getTime() + ageMs) }
}

describe('a mismatch', () => {
  const old = page(6, 1_190)

  test('counts at the second read at the earliest, and not before its window is over', () => {
    const mismatches = new Mismatches(5_000)
    expect(mismatches.wrong(reading(old, 6_000), 0)).toBe(false)
    expect(mismatches.findings()).toEqual([])
    expect(mismatches.wrong(reading(old, 6_500), 1)).toBe(true)
    const early = new Mismatches(5_000)
    expect([100, 2_000, 4_900].map((age) => early.wrong(reading(old, age), age))).toEqual([false, false, false])
    expect(early.wrong(reading(old, 5_100), 5_100)).toBe(true)
  })

  test('is kept once, names the layer, the product and both versions, and ends when the page is right', () => {
    const mismatches = new Mismatches(0)
    expect([1, 2, 3].map((i) => mismatches.wrong(reading(old, i), i))).toEqual([false, true, false])
    expect(mismatches.findings()).toMatchObject([
      {
        kind: 'probe-mismatch',
        summary: 'Web 1 (page) shows version 6 of product 42, Postgres has 7: /de/products/lamp',
        detail: { layer: 'page', productId: 42, reads: 3 },
      },
    ])
    expect(mismatches.right(reading(page(), 4))).toBe(true)
    expect(mismatches.findings()).toEqual([])
  })

  test('about a torn price needs no window, only the second read', () => {
    const mismatches = new Mismatches(60_000)
    const torn = page(7, 1_190)
    expect([mismatches.wrong(reading(torn, 10), 0), mismatches.wrong(reading(torn, 20), 1)]).toEqual([false, true])
  })

  test('is no page that does not answer: it is reported as such, after the window, and ends with an answer', () => {
    const mismatches = new Mismatches(5_000)
    const silent = failed('timed out')
    expect([60_000, 62_000, 64_900].map((at) => mismatches.wrong(reading(silent, at), at))).toEqual([
      false,
      false,
      false,
    ])
    expect(mismatches.findings()).toEqual([])
    expect(mismatches.wrong(reading(silent, 65_100), 65_100)).toBe(true)
    expect(mismatches.findings()).toMatchObject([
      {
        kind: 'layer-unreachable',
        severity: 'warning',
        summary: 'Web 1 (page) does not answer for product 42: /de/products/lamp. timed out',
      },
    ])
    expect(mismatches.counts()).toEqual({ followed: 1, kept: 0 })
    mismatches.right(reading(page(), 66_000))
    expect(mismatches.findings()).toEqual([])
  })

  test('is read again at once, then every two seconds', () => {
    const mismatches = new Mismatches(0)
    mismatches.wrong(reading(old, 0), 100)
    expect(mismatches.due(100, 10)).toHaveLength(1)
    mismatches.wrong(reading(old, 0), 200)
    expect([mismatches.due(2_100, 10), mismatches.due(2_200, 10)].map((due) => due.length)).toEqual([0, 1])
  })
})

test('a target that fails three times in a row, and for three seconds, cannot be probed, until it answers', () => {
  const health = new TargetHealth()
  const refused = (at: number) => reading(failed('refused'), at)
  for (const at of [0, 100, 200, 300]) health.note(refused(at))
  expect(health.findings()).toEqual([])
  health.note(reading(page(), 400))
  for (const at of [500, 3_600]) health.note(refused(at))
  expect(health.findings()).toEqual([])
  health.note(refused(3_700))
  expect(health.findings()).toMatchObject([
    { kind: 'layer-unreachable', summary: expect.stringContaining('Web 1 (page) cannot be probed') },
  ])
  health.note(reading(page(), 3_800))
  expect(health.findings()).toEqual([])
})

test('a feed that cannot be probed is an alert, unless its whole instance is away', () => {
  const health = new TargetHealth()
  const refusedAt = (at: number, target: ProbeTask['target']) => {
    const refused = reading(failed('refused'), at)
    health.note({ ...refused, task: { ...task, target } })
  }
  const feed = { layer: 'feed', name: 'Feed 1', url: task.target.url } as const
  for (const at of [0, 100, 3_700]) refusedAt(at, feed)
  expect(health.findings()).toMatchObject([{ dedupKey: 'unreachable:Feed 1' }])
  refusedAt(3_700, task.target)
  expect(health.findings(), 'a page has failed once').toEqual([])
  for (const at of [3_800, 7_400]) refusedAt(at, task.target)
  expect(health.findings()).toMatchObject([{ dedupKey: 'unreachable:Web 1' }])
})

test('a change is read in the feed and in a narrowed list of each place once, and on its pages in each language', () => {
  const agenda = new ProbeQueue(['en', 'de'])
  const product = { productId: 201, slug: 'lamp', brand: 'Tilde & Oak', category: 'lamps' }
  const change = { ...product, version: 3, changedAt: AT, correlationId: null }
  agenda.add([change], probeTargets(['http://web/'], 'http://edge/'))
  expect(
    agenda
      .take(100)
      .map(({ target, path }) => `${target.name} ${target.url}${path}`)
      .toSorted(),
  ).toEqual([
    'Edge http://edge/de/products/lamp',
    'Edge http://edge/en/products/lamp',
    'Edge http://edge/en/search?category=lamps&brand=Tilde+%26+Oak',
    'Feed 1 http://web/en/feeds/google/2.xml',
    'Feed, edge http://edge/en/feeds/google/2.xml',
    'Web 1 http://web/de/products/lamp',
    'Web 1 http://web/en/products/lamp',
    'Web 1 http://web/en/search?category=lamps&brand=Tilde+%26+Oak',
  ])
})

test('a change is read in each language on each target, the newest first, and once', () => {
  const agenda = new ProbeQueue(['en', 'de', 'fr'])
  const change = (productId: number, version: number, at: number) => ({
    productId,
    version,
    slug: `p${productId}`,
    brand: 'Oak',
    category: null,
    changedAt: new Date(AT.getTime() + at),
    correlationId: null,
  })
  const targets = ['a', 'b'].map((name) => ({ layer: 'page' as const, name, url: name }))
  agenda.add([change(1, 2, 10), change(2, 2, 20)], targets)
  agenda.add([change(1, 2, 10), change(2, 3, 30)], targets)
  const taken = agenda.take(100)
  expect(taken).toHaveLength(2 * 3 * 2)
  expect(new Set(taken.map(({ target, path }) => target.name + path)).size).toBe(12)
  expect(taken.slice(0, 4).map(({ productId, rank }) => [productId, rank])).toEqual([
    [2, 0],
    [2, 0],
    [1, 0],
    [1, 0],
  ])
  expect(taken.find(({ productId }) => productId === 2)?.change?.version).toBe(3)
})
