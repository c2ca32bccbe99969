import { describe, expect, test } from 'vitest'
import { Agenda } from './agenda.ts'
import { judgePage, type Answer, type Truth } from './judge.ts'
import { Mismatches } from './mismatches.ts'
import { readStatement } from '#lib/catalog/pageStatement.ts'
import type { ProbeReading, ProbeTask } from './reading.ts'
import { TargetHealth } from './targetHealth.ts'

const AT = new Date('2026-11-21T09:00:00Z')
const truth: Truth = {
  floor: (id) => (id < 100 ? { version: 7, amountCents: 1_290, at: AT } : undefined),
  amount: (_id, version) => ({ 6: 1_190, 7: 1_290, 8: 1_390 })[version],
}

function page(version = 7, cents = 1_290, { meta = `42@${version}`, jsonLd = '12.90' } = {}): string {
  return `<head><meta name="price-version" content="${meta}"/><meta name="rendered-at" content="2026-11-21T09:00:01Z"/>
    <meta property="product:price:amount" content="12.90"/></head>
    <span class="p" data-product-id="42" data-price-version="${version}" data-amount-cents="${cents}"><span>x</span></span>
    <script type="application/ld+json">{"offers":{"@type":"Offer","url":"x","price":"${jsonLd}"}}</script>`
}

const answer = (html: string, { status = 200, cacheTag = '' } = {}): Answer => ({
  status,
  error: undefined,
  headers: {},
  statement: readStatement(html, 42, cacheTag),
})
const verdicts = (given: Answer) => judgePage(given, 42, truth).map(({ verdict }) => verdict)

describe('a page is judged by what was committed before it was asked for', () => {
  test.each([
    ['the newest version', answer(page()), ['fresh']],
    ['a version that came while it was read', answer(page(8, 1_390).replaceAll('12.90', '13.90')), ['fresh']],
    ['an older version', answer(page(6, 1_190).replaceAll('12.90', '11.90')), ['behind']],
    ['the amount of another version', answer(page(7, 1_190).replaceAll('12.90', '11.90')), ['torn']],
    ['a version that was never committed', answer(page(9, 1_290)), ['torn']],
    ['a head that says another version', answer(page(7, 1_290, { meta: '42@6' })), ['torn']],
    ['another amount for search engines', answer(page(7, 1_290, { jsonLd: '11.90' })), ['torn']],
    ['another version in its Cache-Tag', answer(page(), { cacheTag: 'price:42,price:42@6' }), ['torn']],
    ['no price at all', answer('<p>Nothing</p>'), ['torn']],
    ['that the product is gone', answer('', { status: 410 }), ['behind']],
    ['an error', answer('', { status: 503 }), ['unreachable']],
    [
      'nothing',
      { status: undefined, error: 'refused', headers: {}, statement: readStatement('', 42, '') },
      ['unreachable'],
    ],
  ] as const)('%s', (_name, given, expected) => {
    expect(verdicts(given)).toEqual(expected)
  })

  test('every price on it counts, not only that of its own product', () => {
    const html =
      page().replace('</head>', '').replace('42@7', '42@7 43@6') +
      '<b data-product-id="43" data-price-version="6" data-amount-cents="1190"></b>'
    expect(judgePage(answer(html), 42, truth).map(({ productId, verdict }) => [productId, verdict])).toEqual([
      [42, 'fresh'],
      [43, 'behind'],
    ])
  })
})

const task: ProbeTask = {
  target: { layer: 'page', name: 'Web 1', url: 'http://127.0.0.1' },
  path: '/de/products/lamp',
  locale: 'de',
  productId: 42,
  change: undefined,
  rank: 0,
}

function reading(given: Answer, ageMs: number): ProbeReading {
  const [judged] = judgePage(given, 42, truth)
  if (!judged) throw new Error('the page says nothing')
  return { task, answer: given, judged, readAt: new Date(AT.getTime() + ageMs) }
}

describe('a mismatch', () => {
  const old = answer(page(6, 1_190).replaceAll('12.90', '11.90'))

  test('counts at the second look at the earliest, and not before its window is over', () => {
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
        detail: { layer: 'page', productId: 42, looks: 3 },
      },
    ])
    expect(mismatches.right(reading(answer(page()), 4))).toBe(true)
    expect(mismatches.findings()).toEqual([])
  })

  test('of a torn price needs no window, only the second look', () => {
    const mismatches = new Mismatches(60_000)
    const torn = answer(page(7, 1_190))
    expect([mismatches.wrong(reading(torn, 10), 0), mismatches.wrong(reading(torn, 20), 1)]).toEqual([false, true])
  })

  test('is no page that does not answer: that is told as such, after the window, and ends with an answer', () => {
    const mismatches = new Mismatches(5_000)
    const silent = { status: undefined, error: 'timed out', headers: {}, statement: readStatement('', 42, '') }
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
    mismatches.right(reading(answer(page()), 66_000))
    expect(mismatches.findings()).toEqual([])
  })

  test('is looked at again at once, then every two seconds', () => {
    const mismatches = new Mismatches(0)
    mismatches.wrong(reading(old, 0), 100)
    expect(mismatches.due(100, 10)).toHaveLength(1)
    mismatches.wrong(reading(old, 0), 200)
    expect([mismatches.due(2_100, 10), mismatches.due(2_200, 10)].map((due) => due.length)).toEqual([0, 1])
  })
})

test('a target that fails three times in a row cannot be probed, until it answers', () => {
  const health = new TargetHealth()
  const failed = reading({ status: undefined, error: 'refused', headers: {}, statement: readStatement('', 42, '') }, 0)
  health.note(failed)
  health.note(failed)
  expect(health.findings()).toEqual([])
  health.note(failed)
  expect(health.findings()).toMatchObject([
    { kind: 'layer-unreachable', summary: expect.stringContaining('Web 1 (page) cannot be probed') },
  ])
  health.note(reading(answer(page()), 0))
  expect(health.findings()).toEqual([])
})

test('a change is looked at in each language on each target, the newest first, and once', () => {
  const agenda = new Agenda(['en', 'de', 'fr'])
  const change = (productId: number, version: number, at: number) => ({
    productId,
    version,
    slug: `p${productId}`,
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
