import { expect, test } from 'vitest'
import { readFeed, readPage, readPrices } from './readings.ts'

const META = '<meta name="price-version" content="7@3 8@1"/><meta property="og:price:amount" content="12.90"/>'
const JSON_LD =
  '<script type="application/ld+json">{"@type":"Product","offers":{"@type":"Offer","url":"http://x","price":"12.90","priceCurrency":"EUR"}}</script>'
const price = (id: number, version: number, cents: number, text: string) =>
  `<span class="a b" data-product-id="${id}" data-price-version="${version}" data-amount-cents="${cents}"><span class="c"><span class="visually-hidden">Price<!-- -->: </span>${text}</span></span>`
const FLIGHT = String.raw`<script>self.__next_f.push([1,"[\"$\",\"$L2b\",null,{\"price\":{\"productId\":7,\"amountCents\":1290,\"compareAtCents\":null,\"currency\":\"EUR\",\"version\":3,\"versionUpdatedAt\":\"2026\"},\"texts\":{\"amount\":\"12,90 €\",\"before\":\"$undefined\"}}]"])</script>`
const PAGE = META + JSON_LD + price(7, 3, 1290, '12,90 €') + price(8, 1, 500, '€5.00') + FLIGHT

test('every place of a page that names a price is read', () => {
  expect(readPage(PAGE, 7, 'price:7,price:7@3,price:8@1')).toEqual({
    shown: [
      { productId: 7, version: 3, amountCents: 1290 },
      { productId: 8, version: 1, amountCents: 500 },
    ],
    torn: [],
    places: { meta: 2, 'cache-tag': 2, element: 2, text: 3, flight: 1, 'json-ld': 1, opengraph: 1 },
  })
})

const member = (id: number, version: number, cents: number) =>
  String.raw`{\"productId\":${id},\"amountMinor\":${cents},\"currency\":\"EUR\",\"version\":${version},\"stock\":3}`
const card = price(8, 1, 500, 'From €5.00').replace('"500"', '"500" data-group-prices="7@3 8@1"')
const GROUP_PAGE = String.raw`${META.replace('12.90', '5.00')}${card}<script>self.__next_f.push([1,"{\"prices\":[${member(7, 3, 1290)},${member(8, 1, 500)}],\"texts\":{\"amount\":\"From €5.00\",\"before\":\"$undefined\",\"stated\":{\"productId\":\"8\",\"version\":\"1\",\"amountMinor\":\"500\"},\"versions\":\"7@3 8@1\"}}"])</script>`

test('a card of a group says what the cheapest of the compared ones costs', () => {
  expect(readPage(GROUP_PAGE, 8)).toEqual({
    shown: [
      { productId: 8, version: 1, amountCents: 500 },
      { productId: 7, version: 3, amountCents: 1290 },
    ],
    torn: [],
    places: { meta: 2, element: 1, text: 1, flight: 2, group: 6, opengraph: 1 },
  })
})

test.each([
  [
    'says what another one than the cheapest costs',
    GROUP_PAGE.replaceAll('1290', '490'),
    'it is cheaper than product 8',
  ],
  ['compares an older version', GROUP_PAGE.replaceAll('7@3 8@1', '7@2 8@1'), 'says version 2'],
  ['shows a price that it does not compare', GROUP_PAGE.replaceAll('7@3 8@1', '7@3'), 'not among those'],
])('a card of a group that %s is torn', (_case, page, words) => {
  expect(readPage(page.replace('content="7@3"', 'content="7@3 8@1"'), 8).torn).toContainEqual(
    expect.stringContaining(words),
  )
})

test('the JSON-LD of a group is read as the prices of its products', () => {
  const variant =
    '{"@type":"ProductGroup","hasVariant":[{"@id":"x"},{"@type":"Product","productID":"8","offers":{"@type":"Offer","url":"http://y","price":"5.00"}}]}'
  expect(readPage(PAGE + variant, 7)).toMatchObject({ torn: [], places: { 'json-ld': 2 } })
  expect(readPage(PAGE + variant.replace('5.00', '6.00'), 7).torn).toEqual([
    'product 8: json-ld says 6.00, another place 500',
  ])
})

test('reads what the router loads like the page', () => {
  const flight =
    '["$","meta",null,{"name":"price-version","content":"7@3"}],["$","meta",null,{"property":"og:price:amount","content":"12.90"}],' +
    '{"__html":"{\\"offers\\":{\\"price\\":\\"12.90\\",\\"priceCurrency\\":\\"EUR\\"}}"},{"price":{"productId":7,"amountCents":1290,"currency":"EUR","version":3},"texts":{"amount":"€12.90","before":"$undefined"}}'
  expect(readPage(flight, 7)).toEqual({
    shown: [{ productId: 7, version: 3, amountCents: 1290 }],
    torn: [],
    places: { meta: 1, flight: 1, text: 1, 'json-ld': 1, opengraph: 1 },
  })
})

test('an item of the feed is what it asks, beside the version that it was made from', () => {
  const item = (asked: string) =>
    `<item><g:price>15.00 EUR</g:price>${asked}<v:made-from product-id="7" price="3" amount-cents="1290" product="1" stock="2"/></item>`
  const sale = item('<g:sale_price>12.90 EUR</g:sale_price>')
  expect(readFeed(sale, 7)).toEqual({
    shown: [{ productId: 7, version: 3, amountCents: 1290 }],
    torn: [],
    places: { feed: 2 },
  })
  expect(readFeed(item(''), 7).torn).toEqual(['product 7: feed says 15.00, another place 1290'])
})

test.each([
  ['the head', PAGE.replace('7@3', '7@2')],
  ['the text', PAGE.replace('>12,90 €<', '>12,80 €<')],
  ['what the page hydrates from', PAGE.replace(String.raw`\"amountCents\":1290`, String.raw`\"amountCents\":1280`)],
  ['the version that the page hydrates from', PAGE.replace(String.raw`\"version\":3`, String.raw`\"version\":2`)],
  ['the text that the page hydrates from', PAGE.replace(String.raw`\"12,90 €\"`, String.raw`\"12,80 €\"`)],
  ['the JSON-LD', PAGE.replace('"price":"12.90"', '"price":"12.80"')],
  ['OpenGraph', PAGE.replace('content="12.90"', 'content="12.80"')],
])('a page that contradicts itself in %s is torn', (_place, page) => {
  expect(page).not.toBe(PAGE)
  expect(readPage(page, 7).torn).toEqual(expect.arrayContaining([expect.stringContaining('product 7')]))
})

test('a page that contradicts its own cache tag is torn', () => {
  expect(readPage(PAGE, 7, 'price:7@2').torn).not.toEqual([])
})

test('a value that is cut off at the end of a piece is not read', () => {
  const cut = FLIGHT.replace(String.raw`12,90 €\",\"before\":\"$undefined\"}}]`, '12,9')
  expect(readPage(cut, 7)).toMatchObject({ torn: [], places: { flight: 1 } })
  expect(readPage(cut, 7).places.text).toBeUndefined()
})

test('the API is read, and another answer than a list of prices is refused', () => {
  const body = JSON.stringify([{ productId: 7, version: 3, amountCents: 1290, currency: 'EUR' }])
  expect(readPrices(body, [7])).toEqual({
    shown: [{ productId: 7, version: 3, amountCents: 1290 }],
    torn: [],
    places: { api: 1 },
  })
  expect(() => readPrices('{"error":"no"}', [7])).toThrow('expected array')
})

const NEIGHBOUR = price(8, 1, 500, '€5.00')

test('a page without the price of its own product is torn, and so are a part of the feed and an answer of the API', () => {
  expect(readPage(NEIGHBOUR, 8).torn).toEqual([])
  expect(readPage(NEIGHBOUR, undefined).torn).toEqual([])
  expect(readPage(NEIGHBOUR, 7).torn).toEqual(['product 7: it is asked for, and no price of it is shown'])
  const item = '<item><g:price>5.00 EUR</g:price><v:made-from product-id="8" price="1" amount-cents="500"/></item>'
  expect(readFeed(item, 8).torn).toEqual([])
  expect(readFeed(item, 7).torn).toEqual(['product 7: it is asked for, and no price of it is shown'])
  const answer = JSON.stringify([{ productId: 8, version: 1, amountCents: 500 }])
  expect(readPrices(answer, [8]).torn).toEqual([])
  expect(readPrices(answer, [8, 7]).torn).toEqual(['product 7: it is asked for, and no price of it is shown'])
})
