/** Files as people have them: what is read of each, asked about it, or refused. Without a catalog. */
import { describe, expect, test } from 'vitest'
import { said } from '../../testing/said.ts'
import type { Encoding } from './questions.ts'

test('the word for the currency is its mark', async () => {
  const rows = 'A;12,90 Euro\nB;13,90 euros\nC;Euro 14,90\nD;15,90 ユーロ\n'
  expect(await said(`sku;price\n${rows}`, { numbers: 'comma' })).toEqual(['A 1290', 'B 1390', 'C 1490', 'D 1590'])
})

test.each([
  ['12.–', 1200],
  ['12.-', 1200],
  ['12.--', 1200],
  ['\u200e12.50\u200f', 1250],
  ['\u200e12.50', 1250],
  ['1\u200b2.5\u00ad0', 1250],
  ['\ufeff12.50', 1250],
  ['１２．５０', 1250],
  ['="12.50"', 1250],
  ["'12.50", 1250],
  ['€\u00a012.50', 1250],
])('%j is read as it is seen', async (text, amountMinor) => {
  const cell = `"${text.replaceAll('"', '""')}"`
  expect(await said(`sku,price\nA,${cell}\n`, { numbers: 'point' })).toEqual([`A ${amountMinor}`])
})

test.each([
  ['1.00-', 'is below zero'],
  ['(2.00)', 'is below zero'],
  ['-', 'is not an amount'],
  ['(EUR)', 'is not an amount'],
  ['12.00¹', 'is not an amount'],
  ['1.00–2.00', 'is not an amount'],
  ['=12.5', 'is not an amount'],
  ['10%', 'is not an amount'],
])('%j is refused by its line: it %s', async (text, word) => {
  expect(await said(`sku,price\nA,1.50\nB,${text}\n`)).toEqual(['A 150', expect.stringMatching(`line 3: .*${word}`)])
})

test('a list whose prices are all whole, as Germans write them, is asked about and taken', async () => {
  const list = 'Artikelnummer;Preis\nA;12,-\nB;1.299,–\n'
  expect(await said(list)).toEqual([
    'asks column:sku: sku=Artikelnummer',
    'asks column:price: price=Preis',
    'asks numbers: comma',
  ])
  expect(await said(list, { column: ['sku=Artikelnummer', 'price=Preis'], numbers: 'comma' })).toEqual([
    'A 1200',
    'B 129900',
  ])
})

test.each([
  [
    'blanks around its quotes',
    '"sku", "name" , "price"\n"A", "x, y" , "1.00"\n"B",  "z","2.00" \n',
    ['A 100', 'B 200'],
  ],
  ['its header again', '\ufeffsku,name,price\nA,x,1.00\n\ufeffsku,name,price\nB,y,2.00\n', ['A 100', 'B 200']],
  ['the mark of an old end', 'sku,price\r\nA,1.00\r\n\u001a', ['A 100']],
  ['rows that cannot be seen', 'sku,price\nA,1.00\n\u200b,\u00a0\n\0\0\nB,2.00\n', ['A 100', 'B 200']],
  [
    'whole prices and compare-at prices',
    'sku,price,compare_at\nA,12,90\nB,7,15\n',
    ['A 1200 was 9000', 'B 700 was 1500'],
  ],
  [
    'whole prices in rows that end early',
    'sku,price,stock,compare_at\nA,31,5\nB,32,12,45\nC,29.50\nD,33,45\n',
    ['A 3100', 'B 3200 was 4500', 'C 2950', 'D 3300'],
  ],
  [
    'whole prices in rows with cells too many',
    'sku,price,compare_at\nA,31,45,,\nB,32,50\n',
    ['A 3100 was 4500', 'B 3200 was 5000'],
  ],
  [
    'texts of several lines in rows that end early, or with cells too many',
    'sku,price,text,compare_at,brand\nA,31,"Two\nlines"\nB,32,"Three\n\nlines, two",45,X\nC,33,"Two\nlines",50,X,,\nD,34\n',
    ['A 3100', 'B 3200 was 4500', 'C 3300 was 5000', 'D 3400'],
  ],
  [
    'zeros where there is none',
    'sku,price,compare_at,cost\nA,31,0,0.00\nB,32,0.0000,5\nC,33.50,45,0\n',
    ['A 3100 was null', 'B 3200 was null costs 500', 'C 3350 was 4500'],
  ],
  [
    'a price of zero',
    'sku,price\nA,0.00\n',
    ['line 2: A price is above zero. Leave the cell empty to keep the price.'],
  ],
  ['a sign as its only currency', 'sku,price\nA,¥129000\nB,€12.00\n', ['A 129000 JPY', 'B 1200']],
  ['a title of many lines', `${'Notes\n'.repeat(45)}sku,price\nA,1.00\n`, ['A 100']],
  ['a wrong separator in its first line', 'sep=;\nsku,price\nA,1.00\n', ['A 100']],
  ['a separator of another kind in its first line', 'sep=^\nsku;price\nA;1.00\n', ['A 100']],
  ['a total', 'sku,price\nA,1.00\nTotal,1.00\n,1.00\n', ['A 100', 'Total 100', ' 100']],
])('a file with %s is read', async (_name, text, expected) => {
  expect(await said(text, { numbers: 'point' })).toEqual(expected)
})

test('decimals that a comma cuts off in a row that ends early cost the row, where each full row has decimals', async () => {
  const [first, second] = await said('sku,price,stock,compare_at\nA,1.00,5,\nB,12,90\n')
  expect([first, second]).toEqual(['A 100', expect.stringMatching(/line 3: .*decimal comma/)])
})

test('a zero as the price while on sale is no sale, and leaves a compare-at price of its own alone', async () => {
  const file = 'sku,price,special_price,compare_at\nA,12.00,0.0000,0\nB,12.00,10.00,0\n'
  expect(await said(file, { column: ['sale_price=special_price'] })).toEqual(['A 1200 was null', 'B 1000 was 1200'])
})

const HEADER_ANEW = 'sku,price,cost\nA,12.00,5.00\nsku,cost,price\nB,6.00,13.00\n'
test.each<[string, string | Uint8Array, RegExp, number | undefined]>([
  ['another header in its middle', HEADER_ANEW, /names the columns anew/, 3],
  [
    'decimal commas between commas',
    'sku,price,compare_at\nA,12,90\nB,120,50\nC,99,00\n',
    /cut them into two cells: 12,90/,
    2,
  ],
  [
    'a web page in it',
    '<html><table><tr><td>sku</td><td>price</td></tr></table></html>',
    /a web page or XML/,
    undefined,
  ],
  ['XML in it', '\ufeff<?xml version="1.0"?><rss/>', /a web page or XML/, undefined],
  ['JSON in it', '[\n  {"sku": "A", "price": 1.00}\n]', /JSON/, undefined],
  ['a word processor’s text in it', String.raw`{\rtf1\ansi sku,price}`, /RTF/, undefined],
  ['an empty archive in it', new Uint8Array([0x50, 0x4b, 0x05, 0x06, 0, 0]), /archive/, undefined],
  ['cells cut at what is not read', 'sep=^\nsku^price\nA^1.00\n', /cut at "\^"/, 1],
  [
    'more lines above its header than are looked at',
    `${'Notes\n'.repeat(120)}sku,price\nA,1.00\n`,
    /first 100 rows/,
    1,
  ],
  ['its rows in quotes', '"sku,name,price"\n"A,""Chair, red"",1.00"\n', /single cell/, 1],
  ['nothing that can be seen', '\ufeff \r\n\u200b\n', /empty/, undefined],
])('a file with %s is refused as a whole', async (_name, text, message, line) => {
  await expect(said(text)).rejects.toMatchObject({
    name: 'CsvRefusedError',
    message: expect.stringMatching(message),
    line,
  })
})

test('a column that is named for two things is refused', async () => {
  await expect(said('sku,VK,EK\nA,12.00,5.00\n', { column: ['price=EK', 'cost=EK'] })).rejects.toMatchObject({
    message: 'The column "EK" is named as the price and as the cost. Name it once.',
  })
})

/** With the euro at 0xa4, and letters of Western Europe. */
test('a euro as ISO-8859-15 writes it is known', async () => {
  const file = Buffer.from('sku;name;price\nA;M\u00f6bel;12.50 \u00a4\n', 'latin1')
  expect((await said(file))[0]).toBe('asks encoding: iso-8859-15')
  expect(await said(file, { encoding: 'iso-8859-15', numbers: 'point' })).toEqual(['A 1250'])
})

/** `商品コード,価格`, `Артикул;Цена`, `Référence;Prix`, `货号,价格`, `貨號,價格`, `Κωδικός;Τιμή`. */
test.each<[Encoding, readonly number[]]>([
  ['shift_jis', [0x8f, 0xa4, 0x95, 0x69, 0x83, 0x52, 0x81, 0x5b, 0x83, 0x68, 0x2c, 0x89, 0xbf, 0x8a, 0x69]],
  ['windows-1251', [0xc0, 0xf0, 0xf2, 0xe8, 0xea, 0xf3, 0xeb, 0x3b, 0xd6, 0xe5, 0xed, 0xe0]],
  ['macintosh', [0x52, 0x8e, 0x66, 0x8e, 0x72, 0x65, 0x6e, 0x63, 0x65, 0x3b, 0x50, 0x72, 0x69, 0x78]],
  ['gb18030', [0xbb, 0xf5, 0xba, 0xc5, 0x2c, 0xbc, 0xdb, 0xb8, 0xf1]],
  ['big5', [0xb3, 0x66, 0xb8, 0xb9, 0x2c, 0xbb, 0xf9, 0xae, 0xe6]],
  ['windows-1253', [0xca, 0xf9, 0xe4, 0xe9, 0xea, 0xfc, 0xf2, 0x3b, 0xd4, 0xe9, 0xec, 0xde]],
])('a header in %s is known by its words, and nothing is asked of columns before', async (encoding, header) => {
  const cut = header.includes(0x2c) ? ',' : ';'
  const file = new Uint8Array([...header, ...Buffer.from(`\r\nA${cut}12.50\r\n`)])
  expect(await said(file)).toEqual([`asks encoding: ${encoding}`])
  expect((await said(file, { encoding })).map((line) => line.split(':')[0])).toEqual(['asks column', 'asks column'])
})

describe('dates of sales without the year in front', () => {
  const file = (...dates: readonly string[]) =>
    `sku,price,special_price,special_price_from_date,special_price_to_date\n${dates.map((pair) => `A,9.00,8.00,${pair}\n`).join('')}`
  const planned = { sales: 'plan' } as const

  test.each([
    [
      'with the month first, where some day is above twelve',
      ['1/5/26,1/9/2026', '2/3/26,2/25/26'],
      ['01-05', '01-10', '02-03', '02-26'],
    ],
    [
      'with the day first, where some day is above twelve',
      ['1/5/26,9/5/26', '25/2/26,3/3/26'],
      ['05-01', '05-10', '02-25', '03-04'],
    ],
    ['with points: those begin with the day', ['5.1.26,9.1.2026'], ['01-05', '01-10']],
    ['when both orders give the same day', ['1/1/26,2/2/26'], ['01-01', '02-03']],
    ['with the year first, in any style', ['2026/1/5,2026-1-9'], ['01-05', '01-10']],
  ])('are read %s', async (_how, dates, days) => {
    const pairs = Array.from(
      { length: days.length / 2 },
      (_, i) => `2026-${days[2 * i]}T00:00..2026-${days[2 * i + 1]}T00:00`,
    )
    expect(await said(file(...dates), planned)).toEqual(pairs.map((pair) => `A 900 was null sale 800 ${pair}`))
  })

  test('may have a time, on a clock of twelve hours too', async () => {
    const dates = '"1/25/26, 12:30 AM","1/25/26, 1:05 PM"'
    expect(await said(file(dates), planned)).toEqual(['A 900 was null sale 800 2026-01-25T00:30..2026-01-25T13:05'])
    const [wrong] = await said(file('"1/25/26, 13:05 PM",'), planned)
    expect(wrong).toContain('is no date')
  })

  test.each([
    ['where both orders are right in all rows', ['1/5/26,1/9/26']],
    ['where no order is right in all rows', ['25/1/26,', ',1/26/26']],
  ])('are asked about %s', async (_when, dates) => {
    expect(await said(file(...dates), planned)).toEqual(['asks dates: nothing'])
    expect(await said(file(...dates))).toEqual(['asks column:special_price: plan'])
  })

  test('are read as it was answered, and a row that this is not right for is refused', async () => {
    const [first, second] = await said(file('1/5/26,', '1/26/26,'), { ...planned, dates: 'day-first' })
    expect(first).toBe('A 900 was null sale 800 2026-05-01T00:00..')
    expect(second).toContain('line 3: "1/26/26" is no date')
  })
})

test.each([
  ['in one row', 'SKU list of spring,Prices of May\nsku,price\nA,1.00\n'],
  ['in two rows', 'SKU,Prices\nPrinted by Ana,\nOur SKUs,SKU,price\nsku,price\nA,1.00\n'],
  ['with names that only look like columns', 'SKU list;Preise\nArtikelnummer;Preis\nA;1.00\n'],
])('a title that names SKU and price %s is not taken for the header', async (_where, text) => {
  expect(await said(text, { column: text.includes('Artikel') ? ['sku=Artikelnummer', 'price=Preis'] : [] })).toEqual([
    'A 100',
  ])
})

test('another header behind the first row of data is still refused, with its line', async () => {
  await expect(said('SKU,Price\nA,1.00\nsku,price,compare_at\nB,2.00,\n')).rejects.toMatchObject({ line: 3 })
})
