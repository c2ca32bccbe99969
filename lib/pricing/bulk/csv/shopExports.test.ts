/** Exports of shops with the columns that they really have, and slips of spreadsheets. Without a catalog. */
import { describe, expect, test } from 'vitest'
import { said } from '../../testing/said.ts'

const asked = async (text: string) => (await said(text)).map((line) => line.replace(/^asks /, ''))

describe('an export is asked about for what its names say', () => {
  test.each([
    [
      'PrestaShop',
      'Product ID;Name *;Price tax excluded;Wholesale price;On sale (0/1);Discount amount;Reference #;Ecotax;Additional shipping cost',
      '1;Chair;42.02;20.00;0;5.00;CHR-1;0.10;4.90',
      [
        'column:sku: sku=Reference #',
        'column:price: nothing',
        'column:Wholesale price: cost=Wholesale price',
        'column:Discount amount: nothing',
        'column:Ecotax: nothing',
        'column:Additional shipping cost: nothing',
      ],
    ],
    [
      'eBay',
      'CustomLabel;*StartPrice;BuyItNowPrice',
      'CHR-1;51.00;71.00',
      ['column:sku: sku=CustomLabel', 'column:price: nothing', 'column:BuyItNowPrice: nothing'],
    ],
    [
      'Shopware',
      'product_number;price_net;price_gross;list_price_net;list_price_gross',
      'CHR-1;42.86;51.00;59.66;71.00',
      [
        'column:sku: sku=product_number',
        'column:price: price=price_gross',
        'column:price_net: nothing',
        'column:list_price_net: nothing',
        'column:list_price_gross: compare_at=list_price_gross',
      ],
    ],
    ['Wix', 'sku;price;surcharge', 'CHR-1;51;5', ['column:surcharge: nothing']],
    [
      'Amazon',
      'item_sku;standard_price;sale_price;sale_from_date',
      'CHR-1;71.00;51.00;2091-11-27',
      ['column:price: price=standard_price', 'column:sale_price: plan'],
    ],
    [
      'a JSON of this shop',
      'sku;amountCents;compareAtCents',
      'CHR-1;5100;7100',
      ['column:price: nothing', 'column:compareAtCents: compareAtCents'],
    ],
  ])('%s', async (_shop, header, row, questions) => {
    expect(await asked(`${header}\n${row}\n`)).toEqual(questions)
  })
})

test.each(['amountCents', 'priceInCents', 'price_minor_units', 'Preis in TEUR', 'Price (thousands)', 'price_x100'])(
  'amounts in a column %s are refused: its unit is not that of the currency',
  async (name) => {
    const [refused] = await said(`sku,${name}\nA,5100\n`, { column: [`price=${name}`] })
    expect(refused).toMatch(/^line 2: "5100 \w+" is not an amount/)
  },
)

test.each([
  'Preis ohne MwSt.',
  'Preis exkl. MwSt.',
  'Prijs excl. BTW',
  'Pris exkl. moms',
  'Cena bez DPH',
  'Price before tax',
])('a price without tax (%s) is not suggested as the price', async (name) => {
  expect(await said(`sku;${name}\nA;10.08\n`)).toEqual(['asks column:price: nothing'])
})

test('a code that stands by itself in a title is the currency of the file', async () => {
  expect(await said('ACME Ltd,Spring 2031,USD\nsku,name,price\nA,x,12.00\n')).toEqual(['A 1200 USD'])
  expect(await said('ACME Ltd,TOP,ALL\nsku,name,price\nA,x,12.00\n')).toEqual(['A 1200'])
})

test('the way out of an exponent has the decimal mark of the file', async () => {
  const [refused] = await said('sku;price\nA;1,299E+03\nB;12,50\n', { numbers: 'comma' })
  expect(refused).toContain('Write it as 1299,90.')
})

test('the currency in a header of eBay is that of its prices', async () => {
  const file = '*Action(SiteID=US|Country=US|Currency=USD|Version=1193),SKU,Price\nRevise,A,51.00\n'
  expect(await said(file)).toEqual(['A 5100 USD'])
})

test.each([
  ['sku,price\nA;12.00\n', /line 2: .*cut at ";".*header at ","/],
  ['sku;price\nA,12.00\n', /line 2: .*cut at ",".*header at ";"/],
  ['sku;price\nA\t12.00\n', /line 2: .*cut at a tab.*header at ";"/],
])('a row that is cut at another mark than the header says so (%j)', async (text, message) => {
  expect(await said(text)).toEqual([expect.stringMatching(message)])
})

test('a row that ends behind its SKU, and a SKU with another mark in it, are no such row', async () => {
  expect(await said('sku,price\nA\nB;1,12.00\n')).toEqual(['A', 'B;1 1200'])
})

test.each(['\u00ad12.00', '12.00\u00ad', '\u200e\u00ad12.00'])(
  'a soft hyphen at the edge of an amount is a minus (%j)',
  async (cell) => {
    expect(await said(`sku,price\nA,${cell}\n`)).toEqual([expect.stringMatching(/line 2: .*is below zero/)])
  },
)

test.each(['#¡REF!', '#¡VALOR!', '#¿NOMBRE?', '#ДЕЛ/0!', '#N/D'])('%s is an error of a spreadsheet', async (cell) => {
  expect(await said(`sku,price\nA,${cell}\n`)).toEqual([expect.stringMatching(/an error of a spreadsheet/)])
})

test.each([
  "INSERT INTO prices (sku, price) VALUES ('A', 12.00);\n",
  'CREATE TABLE prices (sku text, price numeric);\n',
])('a script for a database is refused as one (%j)', async (text) => {
  await expect(said(text)).rejects.toThrow(/This is SQL, not a CSV file/)
})
