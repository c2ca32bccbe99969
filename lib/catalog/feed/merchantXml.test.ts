import fc from 'fast-check'
import { DomUtils, parseDocument } from 'htmlparser2'
import { describe, expect, test } from 'vitest'
import type { Locale } from '#lib/platform/locales.ts'
import type { FeedProduct } from './feed.ts'
import { readFeedStatement } from './feedStatement.ts'
import { FEED_END, feedHead, feedItems } from './merchantXml.ts'

const tree = [
  { id: 1, slug: 'home', names: { en: 'Home', de: 'Wohnen' }, parentId: null },
  { id: 2, slug: 'chairs', names: { en: 'Chairs & stools', de: 'Stühle' }, parentId: 1 },
]

const chair: FeedProduct = {
  id: 42,
  slug: 'oak-chair',
  sku: 'EG-42',
  name: 'Eichenstuhl',
  description: 'Aus Eiche.',
  brand: 'Fjell',
  image: '/images/products/chair.svg',
  status: 'active',
  version: 3,
  priceValidUntil: null,
  colour: 'moss',
  size: null,
  groupId: null,
  categoryIds: [2, 1],
  price: {
    productId: 42,
    amountMinor: 12_990,
    reducedFromMinor: null,
    currency: 'EUR',
    version: 7,
    versionUpdatedAt: '2026-11-01T08:00:00.000Z',
    productVersion: 3,
    status: 'active',
    stock: 12,
    stockVersion: 5,
  },
}

function feedOf(product: FeedProduct, locale: Locale = 'en'): string {
  const link = `https://shop.example/${locale}`
  const items = feedItems({ products: [product], categories: tree, next: null }, locale, {
    page: (slug) => `${link}/products/${slug}`,
    picture: (image) => new URL(image, link).href,
    colour: (colour) => `${colour} in ${locale}`,
  })
  return feedHead({ title: 'Shop', description: 'A shop', locale, link }) + items + FEED_END
}

/** Texts of the elements of its one item, by name, as a reader of XML has them. */
function itemOf(xml: string): Record<string, string> {
  const [item, ...others] = DomUtils.getElementsByTagName('item', parseDocument(xml, { xmlMode: true }))
  if (!item || others.length > 0) throw new Error('not one item')
  const elements = DomUtils.getElementsByTagName(() => true, item.children)
  expect(new Set(elements.map(({ name }) => name)).size).toBe(elements.length)
  return Object.fromEntries(elements.map((element) => [element.name, DomUtils.textContent(element)]))
}

describe('an item', () => {
  test('has what Google demands of a new product, in the language of the feed', () => {
    expect(itemOf(feedOf(chair, 'de'))).toEqual({
      'g:id': 'EG-42',
      title: 'Eichenstuhl',
      description: 'Aus Eiche.',
      link: 'https://shop.example/de/products/oak-chair',
      'g:image_link': 'https://shop.example/images/products/chair.svg',
      'g:availability': 'in_stock',
      'g:price': '129.90 EUR',
      'g:brand': 'Fjell',
      'g:condition': 'new',
      'g:identifier_exists': 'no',
      'g:product_type': 'Wohnen > Stühle',
      'g:color': 'moss in de',
      'v:made-from': '',
    })
  })

  test('names the former price and the sale price where the page strikes one through, and until when, where that is known', () => {
    const reduced = { ...chair, price: { ...chair.price, reducedFromMinor: 15_000 } }
    expect(itemOf(feedOf(reduced))).toMatchObject({ 'g:price': '150.00 EUR', 'g:sale_price': '129.90 EUR' })
    expect(itemOf(feedOf(reduced))).not.toHaveProperty('g:sale_price_effective_date')
    const ending = { ...reduced, priceValidUntil: '2026-12-01T00:00:00.000Z' }
    expect(itemOf(feedOf(ending))['g:sale_price_effective_date']).toBe('2026-11-01T08:00Z/2026-12-01T00:00Z')
  })

  test('names its group, its colour and its size where it is one of several', () => {
    expect(itemOf(feedOf({ ...chair, groupId: 9, size: '42' }, 'fr'))).toMatchObject({
      'g:id': 'EG-42',
      'g:item_group_id': '9',
      'g:color': 'moss in fr',
      'g:size': '42',
    })
    const plain = itemOf(feedOf({ ...chair, colour: null }))
    for (const absent of ['g:item_group_id', 'g:color', 'g:size']) expect(plain).not.toHaveProperty([absent])
  })

  test('is out of stock with the last piece', () => {
    expect(itemOf(feedOf({ ...chair, price: { ...chair.price, stock: 1 } }))['g:availability']).toBe('in_stock')
    expect(itemOf(feedOf({ ...chair, price: { ...chair.price, stock: 0 } }))['g:availability']).toBe('out_of_stock')
  })

  test('writes amounts with all decimals that the currency has, and no more', () => {
    const priced = (currency: string, amountMinor: number) =>
      itemOf(feedOf({ ...chair, price: { ...chair.price, currency, amountMinor } }))['g:price']
    expect([priced('EUR', 5), priced('JPY', 1_500), priced('KWD', 12_345)]).toEqual([
      '0.05 EUR',
      '1500 JPY',
      '12.345 KWD',
    ])
  })

  test('is cut where Google stops to read, between two characters', () => {
    const flag = '\u{1F1F5}\u{1F1F9}'
    const { title = '', description = '' } = itemOf(
      feedOf({ ...chair, name: `x${flag.repeat(50)}`, description: 'é'.repeat(6_000) }),
    )
    expect(title).toBe(`x${flag.repeat(37)}`)
    expect(description).toHaveLength(5_000)
  })
})

test('a text comes back as it was, without what XML cannot have, for any text', () => {
  const unsayable = /(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const said = `${text}\u0001]]></title><g:price>&amp;<!--`
      const xml = feedOf({ ...chair, name: said, brand: said, sku: said })
      const back = `${text.replace(unsayable, '')}]]></title><g:price>&amp;<!--`
      expect(itemOf(xml)).toMatchObject({ title: back, 'g:brand': back, 'g:id': back, 'g:price': '129.90 EUR' })
      expect(xml.match(unsayable)).toBeNull()
      expect(readFeedStatement(xml)).toMatchObject({ contradictions: [], prices: [{ productId: 42, version: 7 }] })
    }),
    { numRuns: 50 },
  )
})

describe('the statement of a feed', () => {
  test('names each product with its version and amount', () => {
    expect(readFeedStatement(feedOf(chair))).toEqual({
      versions: new Map([[42, 7]]),
      prices: [{ productId: 42, version: 7, amountMinor: 12_990 }],
      reductions: [{ productId: 42, version: 7, reducedFromMinor: null }],
      contradictions: [],
      renderedAt: undefined,
    })
  })

  test('compares what is asked, not the former price, with the amount of the version', () => {
    const reduced = feedOf({ ...chair, price: { ...chair.price, reducedFromMinor: 15_000 } })
    expect(readFeedStatement(reduced)).toMatchObject({
      contradictions: [],
      reductions: [{ productId: 42, version: 7, reducedFromMinor: 15_000 }],
    })
    const torn = reduced.replace('<g:sale_price>129.90', '<g:sale_price>119.90')
    expect(readFeedStatement(torn).contradictions).toEqual([
      { productId: 42, words: 'product 42: the item says 119.90 EUR, its version 12990 cents' },
    ])
  })
})
