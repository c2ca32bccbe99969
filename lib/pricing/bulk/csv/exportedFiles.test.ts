/** Exports of shops and spreadsheets of many countries: what is read, asked, or refused with its line and the way out. */
import { describe, expect, test } from 'vitest'
import { said } from '../../testing/said.ts'
import type { DecimalMark } from './questions.ts'

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
const column = (cells: readonly string[], header = 'sku;price') =>
  `${header}\n${cells.map((cell, i) => `${'ABCDEFGH'[i]};${quoted(cell)}`).join('\n')}\n`

describe('amounts as a country writes them are asked about, and read', () => {
  test.each<[string, DecimalMark, readonly string[], readonly string[]]>([
    ['Switzerland', 'point', ["1'299.00", '12.50'], ['A 129900', 'B 1250']],
    [
      'Switzerland, by other keyboards',
      'point',
      ['1´299.00', '1`299.00', '1ʼ299.50'],
      ['A 129900', 'B 129900', 'C 129950'],
    ],
    ['Switzerland, without decimals', 'point', ["1'299.-", '12.–', '5.--'], ['A 129900', 'B 1200', 'C 500']],
    ['Switzerland, in francs', 'point', ['CHF 12.-', "1'299.- CHF"], ['A 1200 CHF', 'B 129900 CHF']],
    ['India', 'point', ['1,29,900.00', '2,500.50'], ['A 12990000', 'B 250050']],
    ['India, with its sign', 'point', ['₹1,29,900.00', '₹ 500/-'], ['A 12990000 INR', 'B 50000 INR']],
    ['India, without decimals', 'point', ['1,29,900', '1,299/-'], ['A 12990000', 'B 129900']],
    ['Germany', 'comma', ['1.299,00', '12,-', '1.299,--'], ['A 129900', 'B 1200', 'C 129900']],
    ['Germany, with a point before the dash', 'comma', ['1.299.-', '12.-', '12,50'], ['A 129900', 'B 1200', 'C 1250']],
    ['France', 'comma', ['1\u202f299,00\u00a0€', '12,00\u00a0€'], ['A 129900', 'B 1200']],
    ['France, with spaces of a fixed width', 'comma', ['1\u2007299,00', '1\u2008299,00'], ['A 129900', 'B 129900']],
    ['Sweden', 'comma', ['1 299:-', '12,50'], ['A 129900', 'B 1250']],
    ['Japan', 'point', ['￥１，２９９', '¥98,000', '￥500'], ['A 1299 JPY', 'B 98000 JPY', 'C 500 JPY']],
    ['Egypt', 'point', ['١٢٫٥٠', '١٬٢٩٩٫٠٠'], ['A 1250', 'B 129900']],
    ['Iran', 'point', ['۱۲٫۵۰', '€۱۲٫۵۰'], ['A 1250', 'B 1250']],
    ['India, in Devanagari', 'point', ['₹१,२९,९००.५०'], ['A 12990050 INR']],
    ['a program with spaces of any width', 'comma', ['1\u200a299,00', '1\u2003299,00'], ['A 129900', 'B 129900']],
    ['Japan, with its space', 'point', ['1\u3000299.00'], ['A 129900']],
    ['a shop that writes sign and code', 'point', ['$12.50 USD', '$1,299.00 USD'], ['A 1250 USD', 'B 129900 USD']],
    ['a shop that writes sign and code', 'comma', ['€12,50 EUR', '€1.299,00 EUR'], ['A 1250', 'B 129900']],
    ['codes without a blank', 'point', ['USD12.50', '12.50USD', 'EUR9.50'], ['A 1250 USD', 'B 1250 USD', 'C 950']],
  ])('(%s, decimal %s)', async (_where, numbers, cells, expected) => {
    expect(await said(column(cells))).toEqual([`asks numbers: ${numbers}`])
    expect(await said(column(cells), { numbers })).toEqual(expected)
  })
})

test.each([
  ['SEK', 'comma', ['12,50 kr', '1 299:-', 'kr. 12,50']],
  ['PLN', 'comma', ['12,50 zł', '1 299,00 zł', '12,50 PLN']],
  ['CZK', 'comma', ['12,50 Kč', '1 299,00 Kč', 'CZK 12,50']],
  ['CHF', 'point', ['Fr. 12.50', "SFr. 1'299.-", '12.50']],
  ['INR', 'point', ['Rs. 12.50', 'Rs 1,299.00', '₹12.50']],
  ['CAD', 'point', ['$12.50', 'CA$1,299.00', '$12.50 CAD']],
  ['BRL', 'comma', ['R$ 12,50', 'R$ 1.299,00', '12,50']],
] as const)('the signs of %s are read where the currency is named', async (currency, numbers, cells) => {
  const rows = cells.map((cell, i) => `${'ABC'[i]};${quoted(cell)};${currency}\n`).join('')
  const read = [`A 1250 ${currency}`, `B 129900 ${currency}`, `C 1250 ${currency}`]
  expect(await said(`sku;price;currency\n${rows}`, { numbers })).toEqual(read)
})

test('a sign that several currencies have is that of the currency which its column names', async () => {
  const file = 'sku,Price (CAD)\nA,$12.50\nB,12.50\nC,US$12.50\n'
  expect(await said(file, { numbers: 'point', column: ['price=Price (CAD)'] })).toEqual([
    'A 1250 CAD',
    'B 1250 CAD',
    'C 1250 USD',
  ])
})

test.each([
  ['−12.50', 'is below zero'],
  ['－12.50', 'is below zero'],
  ['﹣12.50', 'is below zero'],
  ['-€12.50', 'is below zero'],
  ['12.50%', 'is not an amount but a percentage. Write it as 1299.90'],
  ['#N/A', 'is not an amount but an error of a spreadsheet'],
  ['#REF!', 'is not an amount but an error of a spreadsheet'],
  ['#DIV/0!', 'is not an amount but an error of a spreadsheet'],
  ['#####', 'is not an amount but an error of a spreadsheet'],
  ['=B2*0.9', 'is not an amount but a formula'],
  ['12. Mai', 'is not an amount but a date, which a spreadsheet may have made of it'],
  ['May-12', 'is not an amount but a date'],
  ['12-mai', 'is not an amount but a date'],
  ['12.05.2026', 'is not an amount but a date'],
  ['2026-11-30', 'is not an amount but a date'],
  ['2026-11-30 00:00:00', 'is not an amount but a date'],
  ['30.11.2026 00:00', 'is not an amount but a date'],
  ['2026-11-30T00:00:00Z', 'is not an amount but a date'],
  ['30.11.', 'is not an amount but a date'],
  ['30/11', 'is not an amount but a date'],
  ['1/2', 'is not an amount but a date'],
  ['30-Nov-26', 'is not an amount but a date'],
  ['30. November 2026', 'is not an amount but a date'],
  ['Monday, November 30, 2026', 'is not an amount but a date'],
  ['Jan. 99', 'is not an amount but a date'],
  ['12. Mrz', 'is not an amount but a date'],
  ['mag-12', 'is not an amount but a date'],
  ['12 лист.', 'is not an amount but a date'],
  ['1月99日', 'is not an amount but a date'],
  ['99年1月', 'is not an amount but a date'],
  ['12월 5일', 'is not an amount but a date'],
  ['12:50', 'is not an amount but a time, which a spreadsheet may have made of it'],
  ['12:50:00 PM', 'is not an amount but a time'],
  ['40/11', 'is not an amount. Write'],
  ['12/13.50', 'is not an amount. Write'],
  ['May 12 per box', 'is not an amount. Write'],
  ['Box-12', 'is not an amount. Write'],
  ['1.23E+05 EUR', 'is written with an exponent'],
  ['12.50 €*', 'is not an amount. Write'],
  ['€ 12.50 incl. VAT', 'is not an amount. Write'],
  ['12€50', 'is not an amount. Write'],
  ['€12.50 USD', 'is not in USD'],
  ['1,29,90', 'is not an amount. Write'],
  ['12.50-15.00', 'is not an amount. Write'],
  ['12\0.50', 'This cell has the character NUL'],
])('%j costs its row: it %s', async (cell, words) => {
  expect(await said(column([cell, '9.50']), { numbers: 'point' })).toEqual([
    expect.stringMatching(new RegExp(`^line 2: .*${words.replace(/[.*]/g, '\\$&')}`)),
    'B 950',
  ])
})

test.each([
  ['a no-break space', 'sku,Regular\u00a0price\nA,1.00\n', ['A 100']],
  ['characters that cannot be seen', 's\u00adku,pri\u200bce,compare\u2060_at\nA,1.00,2.00\n', ['A 100 was 200']],
  ['two byte order marks', '\ufeff\ufeffsku,\ufeffprice\nA,1.00\n', ['A 100']],
  [
    'its mark again, where a second file was put behind it',
    'sku,price\nA,1.00\n\ufeff"sku","price"\nB,2.00\n',
    ['A 100', 'B 200'],
  ],
  ['a last name that is empty', 'sku,price,\nA,1.00,\n', ['A 100']],
  [
    'two prices of one name',
    'sku,price,Price\nA,1.00,2.00\n',
    ['asks column:price: price=#2', 'asks column:#3: nothing'],
  ],
  ['two SKUs', 'sku,SKU,price\nA,B,2.00\n', ['asks column:sku: sku=#1']],
  ['two costs', 'sku,price,cost,cost\nA,9,2.50,3.50\n', ['asks column:cost: cost=#3', 'asks column:#4: nothing']],
  ['two currencies', 'sku,price,currency,currency\nA,1.00,EUR,USD\n', ['asks column:currency: currency=#3']],
  ['the price of India', 'sku,price,MRP\nA,100,120\n', ['asks column:MRP: compare_at=MRP']],
])('a header with %s is known', async (_what, text, expected) => {
  expect(await said(text)).toEqual(expected)
})

test.each([
  '价格',
  '單價',
  '售价',
  'Hinta',
  'Harga',
  'Kaina',
  'Cijena',
  'Preț',
  'Τιμή',
  'Ціна',
  'מחיר',
  'السعر',
  'ราคา',
  'Giá',
  'Ár',
])('a second price of whole amounts, named %s, is not dropped in silence', async (name) => {
  expect(await said(`sku,price,${name}\nA,100,120\n`)).toEqual([`asks column:${name}: nothing`])
})

test.each([
  ['old line ends alone', 'sku,price\rA,1.00\rB,2.00', ['A 100', 'B 200']],
  ['line ends of every kind', 'sku,price\nA,1.00\r\nB,2.00\rC,3.00', ['A 100', 'B 200', 'C 300']],
  ['a return too many in each line', 'sku,price\r\r\nA,1.00\r\r\nB,2.00\r\r\n', ['A 100', 'B 200']],
  ['a control character in a name', 'sku,name,price\nA,x\u0001\u0002y,1.00\n', ['A 100']],
  ['a character that was lost before', 'sku,name,price\nA,M\ufffdbel,1.00\n', ['A 100']],
  ['NULs in a column that is left out', 'sku,name,price\nA,x\0y,1.00\n', ['A 100']],
  ['two marks between cells', 'sku||price\nA||1.00\n', ['A 100']],
  ['a remark above the header', '# exported on Monday\nsku,price\nA,1.00\n', ['A 100']],
  ['percentages in a column of their own', 'sku;price;Rabatt\nA;12.50;10 %\n', ['A 1250']],
])('a file with %s is read', async (_what, text, expected) => {
  expect(await said(text)).toEqual(expected)
})

test.each([
  ['a mark doubled where it opens a cell', 'A,""24"" wide",1.00', /Something follows a closing quote/],
  ['a mark that is not doubled', 'A,"24" wide",1.00', /Something follows a closing quote/],
  ['marks behind a backslash', String.raw`A,"a \"red\" chair",1.00`, /Double quotes inside a cell/],
])('quotes with %s cost their row alone', async (_what, row, message) => {
  const [first, second] = await said(`sku,name,price\n${row}\nB,x,2.00\n`)
  expect([first, second]).toEqual([expect.stringMatching(new RegExp(`^line 2: .*${message.source}`)), 'B 200'])
})

test.each<[string, string, RegExp, number | undefined]>([
  ['nothing in it', '', /The file is empty/, undefined],
  ['a header alone', 'sku,price\n', /no row below/, 1],
  ['a header of other words alone', 'Artikelnummer;Preis', /no row below/, 1],
  ['a header and blank rows', 'sku,price\n,\n,\n', /no row below/, 1],
  ['a single column of SKUs', 'sku\nA\nB\n', /single column.*Put a SKU and an amount/, 1],
  ['a single column of prices', 'price\n1.00\n', /single column/, 1],
  ['cells cut at a wide comma', 'sku，price\nA，1.00\n', /single column/, 1],
  ['a NUL in the name of a column', 'sku,na\0me,price\nA,x,1.00\n', /The name of column 2 has the character NUL/, 1],
])('a file with %s is refused as a whole, with the way out', async (_what, text, message, line) => {
  await expect(said(text)).rejects.toMatchObject({
    name: 'CsvRefusedError',
    message: expect.stringMatching(message),
    line,
  })
})

describe('thousands that a comma cuts off', () => {
  const header = 'sku,price,compare_at\n'

  test.each([
    ['beside rows with decimals', 'A,1,299.00\nB,99.00,120.00\n', 'A,1', ['B 9900 was 12000']],
    ['in every row', 'A,1,299.00\nB,12,499.00\n', 'A,1', []],
    ['without decimals of their own', 'A,1,299\nB,99.00,120.00\n', 'A,1', ['B 9900 was 12000']],
    ['with a zero in front', 'A,1,050.00\nB,99.00,120.00\n', 'A,1', ['B 9900 was 12000']],
  ])('cost their row %s', async (_where, rows, _first, taken) => {
    const found = await said(header + rows)
    expect(found[0]).toMatch(/^line 2: .*1,(299|050).* in quotes/)
    expect(found.filter((line) => !line.startsWith('line'))).toEqual(taken)
  })

  test.each([
    ['a reduction by half', 'A,150,299.00\nB,99.00,120.00\n', ['A 15000 was 29900', 'B 9900 was 12000']],
    ['whole prices elsewhere', 'A,1,299.00\nB,5,20.00\n', ['A 100 was 29900', 'B 500 was 2000']],
    ['whole prices in all rows', 'A,1,299\nB,7,15\n', ['A 100 was 29900', 'B 700 was 1500']],
  ])('are not seen in %s', async (_what, rows, taken) => {
    expect(await said(header + rows)).toEqual(taken)
  })
})

describe('a date of a sale', () => {
  const file = (from: string, to: string) =>
    `SKU;Regular price;Sale price;Date sale price starts;Date sale price ends\nA;12.00;9.00;${from};${to}\n`
  const planned = { sales: 'plan', saleZone: 'Europe/Berlin' } as const

  test.each([
    ['that the clock shows twice', '2031-10-26 02:30', '', /shows? 2031-10-26T02:30:00 twice.*\+02:00 or .*\+01:00/],
    ['that the clock leaves out', '', '2031-03-30 02:30', /2031-03-30T02:30:00 does not exist/],
  ])('%s is refused by its line, with the way out', async (_what, from, to, message) => {
    const [refused] = await said(file(from, to), planned)
    expect(refused).toMatch(message)
    expect(refused).toMatch(/^line 2: /)
  })

  test('with its offset is taken where the clock shows it twice', async () => {
    expect(await said(file('2031-10-26T02:30+01:00', ''), planned)).toEqual([
      'A 1200 was null sale 900 2031-10-26T01:30..',
    ])
  })

  test.each(['0000-00-00', '0000-00-00 00:00:00', '9999-12-31', '31.12.9999'])(
    '%s is none, as databases write it',
    async (none) => {
      expect(await said(file(none, '2031-11-30'), planned)).toEqual(['A 1200 was null sale 900 ..2031-11-30T23:00'])
      expect(await said(file('2031-11-27', none), planned)).toEqual(['A 1200 was null sale 900 2031-11-26T23:00..'])
    },
  )
})

test.each<[string, readonly number[], RegExp]>([
  ['a 7-Zip archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], /an archive, not a CSV/],
  ['a RAR archive', [...Buffer.from('Rar!'), 0x1a, 0x07, 0], /an archive, not a CSV/],
  ['a photograph', [0xff, 0xd8, 0xff, 0xe0, 0, 0x10], /a picture, not a CSV/],
  ['a document of another program', [1, 2, 3, 0, 0, 0, 7, 0, 0, 0, 0x41, 0], /no text/],
])('%s is refused with its true cause', async (_what, bytes, message) => {
  await expect(said(new Uint8Array([...bytes, ...Buffer.from('sku,price\nA,1.00\n')]))).rejects.toThrow(message)
})

describe('a file of UTF-8 with some lines in another encoding', () => {
  const part = (text: string) => Buffer.from(text)
  const other = (text: string) => Buffer.from(text, 'latin1')
  const mixed = Buffer.concat([
    part('sku,name,price\nA,Müller,12.00 €\nB,Möbel,13.00 €\n'),
    other('Ü,Größe,14.00\n'),
    part('D,Käfig,15.00 €\n'),
  ])

  test('is asked about with the lines that are not UTF-8, and UTF-8 is suggested', async () => {
    expect(await said(mixed)).toEqual(['asks encoding: utf-8', 'asks numbers: point'])
    expect(await said(Buffer.concat([part('\ufeff'), mixed]))).toEqual(['asks encoding: utf-8', 'asks numbers: point'])
  })

  test('is taken but for what is not UTF-8', async () => {
    expect(await said(mixed, { encoding: 'utf-8', numbers: 'point' })).toEqual([
      'A 1200',
      'B 1300',
      expect.stringMatching(/^line 4: .*encoding/),
      'D 1500',
    ])
  })
})
