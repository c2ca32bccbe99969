/** The verdicts, as a table. */
import { describe, expect, test } from 'vitest'
import { NO_STATEMENT, readStatement } from '#lib/catalog/pageStatement.ts'
import { judgePage, judgePageVersion, judgeVersion, type PriceTruth } from './judge.ts'
import type { PageReading } from './readPage.ts'
import { isVerdict, VERDICTS, WRONG_VERDICTS } from './verdict.ts'

const OWN = 42
/** Postgres had version 7 before the read; version 8 came during it, version 5 is older than the history. */
const truth: PriceTruth = {
  floor: (id) => (id < 100 ? { version: 7 } : undefined),
  amount: (_id, version) =>
    new Map([
      [6, 1_190],
      [7, 1_290],
      [8, 1_390],
    ]).get(version),
  reducedFrom: (_id, version) =>
    new Map([
      [7, null],
      [8, 1_590],
    ]).get(version),
}

interface Stated {
  version: number | string
  cents: number
  meta?: string
  euros?: string
  jsonLd?: string
  /** The former price for search engines, in euros. */
  former?: string
}

const struckThrough = (euros: string) =>
  `,"priceCurrency":"EUR","priceSpecification":{"priceType":"https://schema.org/StrikethroughPrice","price":"${euros}"}`

function page({
  version,
  cents,
  meta = `${OWN}@${version}`,
  euros = (cents / 100).toFixed(2),
  jsonLd = euros,
  former,
}: Stated): string {
  return `<head><meta name="price-version" content="${meta}"/>
    <meta property="product:price:amount" content="${euros}"/></head>
    <span class="p" data-product-id="${OWN}" data-price-version="${version}" data-amount-cents="${cents}"><span>x</span></span>
    <script type="application/ld+json">{"offers":{"@type":"Offer","url":"x","price":"${jsonLd}"${former === undefined ? '' : struckThrough(former)}}}</script>`
}

function answer(html: string, { status = 200, cacheTag = '' } = {}): PageReading {
  const statement = readStatement(html, OWN, cacheTag)
  return { url: '/en/products/lamp', status, failure: undefined, headers: {}, statement, durationMs: 1 }
}

const NO_ANSWER: PageReading = {
  url: '/en/products/lamp',
  status: undefined,
  failure: { kind: 'timed-out', message: 'timed out' },
  headers: {},
  statement: NO_STATEMENT,
  durationMs: 1,
}
const RIGHT = page({ version: 7, cents: 1_290 })
const element = (id: number | string, version: number | string, cents: number) =>
  `<b data-product-id="${id}" data-price-version="${version}" data-amount-cents="${cents}"></b>`

describe('judges a page by what Postgres had before the read, when it shows', () => {
  test.each([
    ['the newest version', answer(RIGHT), 'fresh'],
    ['a version that came during the read', answer(page({ version: 8, cents: 1_390, former: '15.90' })), 'fresh'],
    ['a former price, and there is none', answer(page({ version: 7, cents: 1_290, former: '15.90' })), 'torn'],
    ['no former price, and there is one', answer(page({ version: 8, cents: 1_390 })), 'torn'],
    ['another former price than the history', answer(page({ version: 8, cents: 1_390, former: '16.90' })), 'torn'],
    ['an older version', answer(page({ version: 6, cents: 1_190 })), 'behind'],
    ['an older version that the history has forgotten', answer(page({ version: 5, cents: 990 })), 'behind'],
    ['the amount of another version', answer(page({ version: 7, cents: 1_190 })), 'torn'],
    ['an older version with an amount that it never had', answer(page({ version: 6, cents: 1_290 })), 'torn'],
    ['a head that says another version', answer(page({ version: 7, cents: 1_290, meta: `${OWN}@6` })), 'torn'],
    ['another amount for search engines', answer(page({ version: 7, cents: 1_290, jsonLd: '11.90' })), 'torn'],
    ['another version in its Cache-Tag', answer(RIGHT, { cacheTag: 'price:42,price:42@6' }), 'torn'],
    ['two versions of one product', answer(RIGHT + element(OWN, 8, 1_390)), 'torn'],
    ['a version that was never committed', answer(page({ version: 9, cents: 1_290 })), 'invented'],
    ['a version that is no number', answer(page({ version: 'x', cents: 1_290 })), 'invented'],
    ['no price at all', answer('<p>Nothing</p>'), 'missing'],
    ['that the product is gone', answer('', { status: 410 }), 'behind'],
    ['no such page', answer('', { status: 404 }), 'behind'],
    ['another page', answer('', { status: 307 }), 'unreadable'],
    ['an error, with a price', answer(RIGHT, { status: 503 }), 'unreadable'],
    ['nothing', NO_ANSWER, 'unreadable'],
  ] as const)('%s', (_name, given, expected) => {
    const judged = judgePage(given, OWN, truth)
    expect(judged.map(({ productId, verdict }) => [productId, verdict])).toEqual([[OWN, expected]])
    expect(judged[0]?.why === '').toBe(expected === 'fresh')
  })

  test('prices of other products: each is judged, one that has to show nothing by its amount alone', () => {
    const html = `${RIGHT.replace(`${OWN}@7`, `${OWN}@7 43@6 100@6 101@6`)}${element(43, 6, 1_190)}${element(100, 6, 1_190)}${element(101, 6, 1)}`
    expect(judgePage(answer(html), OWN, truth).map(({ productId, verdict }) => [productId, verdict])).toEqual([
      [OWN, 'fresh'],
      [43, 'behind'],
      [100, 'fresh'],
      [101, 'torn'],
    ])
  })

  test('an element that names no product: it is left out', () => {
    expect(judgePage(answer(RIGHT + element('x', 6, 1)), OWN, truth).map(({ verdict }) => verdict)).toEqual(['fresh'])
  })

  test('a list: a failed read of it is about no product', () => {
    expect(judgePage(NO_ANSWER, undefined, truth)).toEqual([])
    expect(judgePage(answer('<p>Nothing</p>'), undefined, truth)).toEqual([])
  })
})

describe('judges a version by the versions before and after the read, when it is', () => {
  test.each([
    ['older than the one before', 6, 'behind'],
    ['the one before', 7, 'fresh'],
    ['the one after, of an edit during the read', 8, 'fresh'],
    ['newer than the one after', 9, 'invented'],
  ] as const)('%s', (_name, version, expected) => {
    expect(judgeVersion(version, { least: 7, most: 8 }).verdict).toBe(expected)
  })

  test('newer, and the version after the read is not known', () => {
    expect(judgeVersion(9, { least: 7 })).toEqual({ verdict: 'fresh', why: '' })
  })
})

describe('judges what delivery reads back by the head of the page, when it shows', () => {
  test.each([
    ['the version', answer(RIGHT), 'fresh'],
    ['an older version', answer(page({ version: 6, cents: 1_190 })), 'behind'],
    ['no version', answer('<p>Nothing</p>'), 'missing'],
    ['an error', answer(RIGHT, { status: 500 }), 'unreadable'],
    ['nothing', NO_ANSWER, 'unreadable'],
  ] as const)('%s', (_name, given, expected) => {
    expect(judgePageVersion(given, OWN, { least: 7 }).verdict).toBe(expected)
  })
})

test('the vocabulary knows its words, and which of them are faults', () => {
  expect(WRONG_VERDICTS).toEqual(['behind', 'invented', 'torn', 'missing'])
  expect([isVerdict('torn'), isVerdict('toString'), isVerdict('unreachable')]).toEqual([true, false, false])
  expect(new Set(Object.values(VERDICTS).map(({ label }) => label)).size).toBe(Object.keys(VERDICTS).length)
})
