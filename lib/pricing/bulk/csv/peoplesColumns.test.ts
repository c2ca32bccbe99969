/** Columns as people name them: what each is taken for, or asked about. Without a catalog. */
import { expect, test } from 'vitest'
import { said } from '../../testing/said.ts'

test.each([
  ['a sign', 'sku,Price ($)\nA,12.00\n', ['A 1200 USD']],
  ['a code', 'sku,price,Compare-at price (USD)\nA,12.00,\n', ['A 1200']],
  ['its own sign', 'sku,Price (€)\nA,12.00\nB,€13.00\nC,$14.00\n', ['A 1200', 'B 1300', 'C 1400 USD']],
  ['cents', 'sku,compare_at,Price (cents)\nA,12.00,1299\n', ['asks column:Price (cents): Price (cents)']],
  [
    'two currencies',
    'sku,Price EUR,Price USD\nA,12.00,14.00\n',
    ['asks column:price: price=Price EUR', 'asks column:Price USD: Price USD'],
  ],
])('the currency that the name of a column has (%s) is that of its amounts', async (_name, text, expected) => {
  expect(await said(text, { numbers: 'point' })).toEqual(expected)
})

test('a currency in the name that was agreed to is still that of the amounts', async () => {
  expect(await said('sku,Price (USD)\nA,12.00\n', { column: ['price=Price (USD)'] })).toEqual(['A 1200 USD'])
  const [refused] = await said('sku,price_cents\nA,1299\n', { column: ['price=price_cents'] })
  expect(refused).toContain('"1299 cents" is not an amount.')
})

test.each(['Preiseinheit', 'price_unit', 'Price Per', 'Unité de prix', '価格単位'])(
  'a column %s that has more than one piece stops and asks',
  async (name) => {
    expect(await said(`sku,price,${name}\nA,12.00,1\nB,12.00,1\n`)).toEqual(['A 1200', 'B 1200'])
    const file = `sku,price,${name}\nA,12.00,1\nB,120.00,100\n`
    expect(await said(file)).toEqual([`asks pieces:${name}: nothing`])
    expect(await said(file, { ignore: [name] })).toEqual(['A 1200', 'B 12000'])
  },
)

test.each(['Währung', 'Devise', 'Moneda', 'Moeda', '通貨', '통화'])('a column %s is the currency', async (name) => {
  expect(await said(`sku;price;${name}\nA;12.00;CHF\n`)).toEqual(['A 1200 CHF'])
})

test.each([
  [
    'Odoo',
    'id,default_code,list_price,standard_price\nx,A,12.00,6.00\n',
    ['sku=default_code', 'price=list_price', 'cost=standard_price'],
  ],
  [
    'PrestaShop',
    'Product ID;Reference #;Price tax excluded;Wholesale price\n1;A;12.00;6.00\n',
    ['sku=Reference #', 'nothing', 'cost=Wholesale price'],
  ],
  [
    'a German list',
    'Artikelnummer;EK-Preis;VK-Preis\nA;5.00;12.00\n',
    ['sku=Artikelnummer', 'price=VK-Preis', 'cost=EK-Preis'],
  ],
  ['a list of costs', 'sku;Einkaufspreis\nA;5.00\n', ['cost=Einkaufspreis']],
  ['a Korean list', '품번,가격,소비자가\nA,12.00,15.00\n', ['sku=품번', 'price=가격', 'compare_at=소비자가']],
  ['Magento', 'sku,price,special_price\nA,12.00,-\nB,12.00,-\nC,12.00,10.–\n', ['sale_price=special_price']],
  [
    'Shopware',
    'productNumber;purchasePrice;salePrice;compareAtPrice;price\nA;5.00;10.00;15.00;12.00\n',
    ['sku=productNumber', 'cost=purchasePrice', 'sale_price=salePrice'],
  ],
  ['unknown words', 'Артикул;Цена\nA;1,00\n', ['sku=Артикул', 'price=Цена', 'comma']],
  [
    'names of no kind',
    'Bestandseinheit;Startpreis;Sofortpreis\nA;1,00;12,00\n',
    ['nothing', 'nothing', 'nothing', 'comma'],
  ],
  ['a price of many', 'sku,price_per_100\nA,120.00\n', ['nothing']],
  ['old and new', 'sku;alter Preis;neuer Preis\nA;15.00;12.00\n', ['price=neuer Preis', 'compare_at=alter Preis']],
  ['a list in words', 'sku,price,was\nA,12.00,n/a\nB,12.00,n/a\nC,12.00,kr 15\n', ['compare_at=was']],
])(
  'of %s each column that looks like a price is asked about, for what its name says',
  async (_name, text, expected) => {
    expect((await said(text)).map((line) => line.replace(/^asks .*: /, ''))).toEqual(expected)
  },
)

test.each([
  ['Shopify', 'Variant SKU,Variant Price,Cost per item\nA,12.00,5.00\n', ['A 1200 costs 500']],
  ['Matrixify', 'Variant SKU,Variant Price,Variant Cost\nA,12.00,5.00\n', ['A 1200 costs 500']],
  [
    'Google',
    'id\tprice\tcost_of_goods_sold\tavailability\nA\t12.00 EUR\t5.00 EUR\tin_stock\n',
    ['asks numbers: point'],
  ],
  ['costs alone', 'sku,Cost per item\nA,5.00\n', ['A costs 500']],
  ['costs of another name alone', 'sku,Landed cost\nA,5.00\n', ['asks column:price: cost=Landed cost']],
  ['costs beside a price of another name', 'sku;VK;Cost per item\nA;12.00;5.00\n', ['asks column:VK: price=VK']],
  ['costs before a price of no known name', 'sku,Wholesale,Shop\nA,5.00,12.00\n', ['nothing', 'cost=Wholesale']],
  ['the delivery', 'sku,price,Shipping cost\nA,12.00,4.90\n', ['asks column:Shipping cost: nothing']],
])('a cost is taken or asked about as one, never as the price (%s)', async (_name, text, expected) => {
  const found = await said(text)
  expect(found.map((line, i) => (expected[i]?.includes(' ') ? line : line.replace(/^asks .*: /, '')))).toEqual(expected)
})

test.each([
  'Cost price',
  'Unit cost',
  'Selbstkosten',
  'Einstandspreis',
  'Stückkosten',
  'Coût d’achat',
  'Prix de revient',
  'Costo unitario',
  'Inköpspris',
  'Себестоимость',
])('a column %s beside a price is asked about as the cost', async (name) => {
  expect(await said(`sku,price,${name}\nA,12.00,5.00\n`)).toEqual([`asks column:${name}: cost=${name}`])
})

test.each([
  ['Retail', 'nothing'],
  ['List', 'compare_at=List'],
  ['Gross', 'nothing'],
  ['Einkauf', 'cost=Einkauf'],
  ['Wholesale', 'cost=Wholesale'],
  ['tilbudspris', 'sale_price=tilbudspris'],
  ['reapris', 'sale_price=reapris'],
])('a column %s of amounts beside a price stops and asks', async (name, expected) => {
  expect(await said(`sku,price,${name}\nA,79.00,59.90\nB,9.00,0.00\n`)).toEqual([`asks column:${name}: ${expected}`])
})

test('a column of whole amounts whose name has the sign of a currency stops and asks', async () => {
  expect(await said('sku,price,Retail (€)\nA,79,99\n')).toEqual(['asks column:Retail (€): nothing'])
})

test.each(['Weight (kg)', 'qty', 'Low stock amount', 'Breite', 'VAT', 'Tax rate', 'Rating'])(
  'a column %s of measures is left out without a question',
  async (name) => {
    expect(await said(`sku,price,${name}\nA,79.00,19.00\n`)).toEqual(['A 7900'])
  },
)

test.each([
  ['Magento', 'sku,price,special_price,special_from_date,special_to_date'],
  ['German', 'sku,price,Angebotspreis,"Datum, an dem Angebotspreis beginnt","Datum, an dem Angebotspreis endet"'],
  ['French', 'UGS,price,Tarif promo,Date de début de promo,Date de fin de promo'],
  ['Spanish', 'sku,price,Precio rebajado,Día en que empieza el precio rebajado,Día en que termina el precio rebajado'],
])('a sale is planned by the dates of a file as a %s shop names them', async (_name, header) => {
  const file = `${header}\nA,9.00,8.00,2031-11-27,2031-11-30\nB,9.00,,,\n`
  expect((await said(file)).map((line) => line.replace(/:.*:/, ':'))).toEqual(['asks column: plan'])
  expect(await said(file, { sales: 'plan' })).toEqual([
    'A 900 was null sale 800 2031-11-27T00:00..2031-12-01T00:00',
    'B 900 was null',
  ])
})

test('a price from a number of pieces on stops and asks', async () => {
  const file = 'sku,price,tier_price_qty\nA,12.00,1\nB,9.00,10\n'
  expect(await said(file)).toEqual(['asks pieces:tier_price_qty: nothing'])
  expect(await said(file, { ignore: ['tier_price_qty'] })).toEqual(['A 1200', 'B 900'])
})
