/** Words in the names of columns: what is suggested as the price, what is not, and in which currency it is. Without a catalog. */
import { describe, expect, test } from 'vitest'
import { said } from '../../testing/said.ts'

describe('a share of a price is no price:', () => {
  test.each(['Price %', 'Cost (%)', 'Discount %', 'Sale (%)', 'Rabatt in Prozent', 'Скидка, %', '할인율', '割引率'])(
    'a column "%s" beside a price is left out',
    async (name) => {
      expect(await said(`sku,price,"${name}"\nA,12.00,10\nB,13.00,12.50\n`)).toEqual(['A 1200', 'B 1300'])
    },
  )

  test.each([
    'Price %',
    'Price (%)',
    'Change %',
    'Preis in Prozent',
    'Qty',
    'Weight (kg)',
    'VAT rate',
    'EAN',
    'Inventory',
    'Stück',
  ])('a file with a column "%s" alone is refused', async (name) => {
    await expect(said(`sku,${name}\nA,10\nB,10\n`)).rejects.toThrow(/no other column holds amounts/)
  })
})

describe('what is taken off a price or put on it is no price:', () => {
  const beside = [
    'Discount',
    'Discount amount',
    'Rabatt',
    'Remise',
    'Descuento',
    'Sconto',
    'Aktionsrabatt',
    'Price change',
    'Impact on price',
    'Aufschlag',
    'Preisdifferenz',
    '割引',
  ]
  test.each(beside)('a column "%s" beside a price is asked about, and nothing is suggested', async (name) => {
    expect(await said(`sku,price,${name}\nA,12.00,2.00\nB,13.00,2.50\n`)).toEqual([`asks column:${name}: nothing`])
  })

  test.each(['Discount', 'Increase', 'Impact on price', 'Factor'])(
    'a column "%s" alone is not suggested as the price',
    async (name) => {
      expect(await said(`sku,${name}\nA,2.00\n`)).toEqual(['asks column:price: nothing'])
    },
  )

  test('where sales are planned, it is not taken for the price of the sale', async () => {
    const file = 'sku,price,Discount amount,Sale price\nA,12.00,2.00,9.00\n'
    expect(await said(file)).toEqual([
      'asks column:Discount amount: nothing',
      'asks column:Sale price: sale_price=Sale price',
    ])
    expect(await said(file, { sales: 'plan', ignore: ['Discount amount'] })).toEqual(['A 1200 was null sale 900 ..'])
  })

  test.each([
    'Discounted price',
    'Discount price',
    'Rabattpreis',
    'Precio con descuento',
    'Reduced price',
    'Prix remisé',
  ])('a column "%s" is the price while on sale', async (name) => {
    expect(await said(`sku,price,${name}\nA,12.00,9.00\n`)).toEqual([`asks column:${name}: sale_price=${name}`])
  })
})

test.each(['Price all', 'PREIS TOP', 'Price per cup', 'price_std', 'Price (all)'])(
  'a word in the name "%s" is not taken for a currency',
  async (name) => {
    expect(await said(`sku,${name}\nA,12.00\n`, { column: [`price=${name}`] })).toEqual(['A 1200'])
  },
)

test.each([
  'tier_price',
  'group_price:wholesale',
  'Staffelpreis',
  'B2B price',
  'Preis ab 10 Stück',
  'Customer group price',
  'Prix revendeur',
  'Prezzo rivenditore',
  'Precio distribuidor',
  'Preço revenda',
  'Trade price',
  '会員価格',
  '회원가',
  'Competitor price',
])('a price for some customers, or from some pieces on (%s), is suggested as nothing', async (name) => {
  expect(await said(`sku,${name}\nA,9.00\n`)).toEqual(['asks column:price: nothing'])
  expect(await said(`sku,price,${name}\nA,12.00,9.00\n`)).toEqual([`asks column:${name}: nothing`])
})

test.each([
  'Price per kg',
  'Preis pro 100 g',
  'Grundpreis',
  'Total price',
  'Line total',
  'Gesamtpreis',
  'Price per box',
  'Price per dozen',
  'Preis je VE',
  'Price/100',
  'Preis/100 ST',
  'EUR/1000',
  'Price x 10',
  'Price (box of 10)',
  'Kartonpreis',
  'Palettenpreis',
  'Case price',
  'Price per month',
  'Rental price',
  'Price/m2',
])('a price of another amount than one piece (%s) is suggested as nothing', async (name) => {
  expect(await said(`sku,${name}\nA,24.00\n`)).toEqual(['asks column:price: nothing'])
})

test.each([
  ['SKU;Preis netto;Preis brutto', 'Preis netto', 'Preis brutto'],
  ['sku;Price excl. VAT;Price incl. VAT', 'Price excl. VAT', 'Price incl. VAT'],
  ['SKU;Prix HT;Prix TTC', 'Prix HT', 'Prix TTC'],
  ['SKU;税抜価格;税込価格', '税抜価格', '税込価格'],
])('of a price without tax and one with it (%s) the one with it is suggested', async (header, net, gross) => {
  expect(await said(`${header}\nA;10.08;12.00\n`)).toEqual([
    `asks column:price: price=${gross}`,
    `asks column:${net}: nothing`,
  ])
  expect(await said(`sku,${net}\nA,10.08\n`)).toEqual(['asks column:price: nothing'])
  expect(await said(`sku,price,EK netto\nA,12.00,5.00\n`)).toEqual(['asks column:EK netto: cost=EK netto'])
})

test.each([
  ['SKU;Preis alt;Preis neu ab 1.6.', 'Preis alt'],
  ['sku;List price;Price from 10', 'List price'],
])('the old price is not suggested where a new one stands beside it (%s)', async (header, old) => {
  const [first, second] = await said(`${header}\nA;12.00;13.00\n`)
  expect([first, second]).toEqual(['asks column:price: nothing', expect.stringMatching(/: (nothing|compare_at=)/)])
  expect(await said(`sku,${old}\nA,12.00\n`)).toEqual([`asks column:price: price=${old}`])
})

test('dates are no prices in a column of any name', async () => {
  const file = 'SKU,price,Actieprijs,Startdatum actieprijs,Einddatum actieprijs\nA,12.00,9.00,2031-01-01,05/01/2031\n'
  expect(await said(file)).toEqual(['asks column:Actieprijs: plan'])
  expect(await said('sku,price,Sale\nA,12.00,01.05.2031\n')).toEqual(['A 1200'])
})

test('of an invoice the sum is not suggested as the price, and in India the rate is the price', async () => {
  expect(await said('Item code,Qty,Rate,Amount\nA,2,12.00,24.00\n')).toEqual([
    'asks column:sku: sku=Item code',
    'asks column:price: nothing',
    'asks column:Amount: nothing',
  ])
  expect(await said('sku,MRP,Rate,GST %\nA,1299.00,1199.00,18\n')).toEqual([
    'asks column:price: price=Rate',
    'asks column:MRP: compare_at=MRP',
  ])
})

test.each(['On sale', 'on_sale', 'Special', 'Promo', 'Im Angebot'])(
  'a column %s that only says yes or no is not asked about',
  async (name) => {
    expect(await said(`sku,price,${name}\nA,12.00,1\nB,13.00,0\nC,14.00,\n`)).toEqual(['A 1200', 'B 1300', 'C 1400'])
    expect(await said(`sku,price,${name},Sale price\nA,12.00,1,9.00\n`)).toEqual([
      'asks column:Sale price: sale_price=Sale price',
    ])
    expect(await said(`sku,price,${name}\nA,12.00,1\nB,13.00,9\n`)).toEqual([`asks column:${name}: sale_price=${name}`])
  },
)

test('a file of sale prices alone names no price: its sales are planned over the prices that there are', async () => {
  const file = 'sku,special_price,special_from_date,special_to_date\nA,9.00,2031-11-27,2031-11-30\n'
  expect(await said(file)).toEqual(['asks column:special_price: plan'])
  expect(await said(file, { sales: 'plan' })).toEqual(['A sale 900 2031-11-27T00:00..2031-12-01T00:00'])
  expect(await said('sku,Sale price\nA,9.00\n')).toEqual(['asks column:Sale price: nothing'])
  expect(await said('sku,Sale price\nA,9.00\n', { column: ['price=Sale price'] })).toEqual(['A 900'])
})

test('what Amazon calls standard_price is the price, what Odoo calls so is a cost', async () => {
  expect(await said('item_sku\tstandard_price\tlist_price\nA\t12.00\t15.00\n')).toEqual([
    'asks column:price: price=standard_price',
    'asks column:list_price: compare_at=list_price',
  ])
})

test.each(['Waluta', 'Měna', 'Валюта', 'Para birimi', '货币', '幣別', 'Pénznem', 'ISO', 'unit'])(
  'a column %s of currencies is the currency, by what stands in it',
  async (name) => {
    expect(await said(`sku,price,${name}\nA,12.00,EUR\nB,13.00,USD\nC,14.00,\n`)).toEqual([
      'A 1200',
      'B 1300 USD',
      'C 1400',
    ])
  },
)

test('of two columns of currencies it is asked which is that of the prices', async () => {
  const file = 'sku,price,ISO,Of the cost\nA,12.00,EUR,USD\n'
  expect(await said(file)).toEqual(['asks column:currency: nothing'])
  expect(await said(file, { column: ['currency=ISO'] })).toEqual(['A 1200'])
})

test('a column of other codes is no currency', async () => {
  expect(await said('sku,price,unit\nA,12.00,SET\nB,13.00,CUP\n')).toEqual(['A 1200', 'B 1300'])
})

test('a currency may be named by its sign or its word', async () => {
  expect(await said('sku,price,currency\nA,12.00,€\nB,13.00,Euro\nC,14.00,$\nD,15.00,Dollars\n')).toEqual([
    'A 1200',
    'B 1300',
    'C 1400 USD',
    'line 5: "Dollars" is no currency. Write EUR.',
  ])
})

test.each([
  ['Italian', 'SKU;Prezzo;Prezzo scontato', 'Prezzo', 'Prezzo scontato'],
  ['Finnish', 'SKU;Hinta;Alennushinta', 'Hinta', 'Alennushinta'],
  ['Hungarian', 'SKU;Ár;Akciós ár', 'Ár', 'Akciós ár'],
  ['Czech', 'SKU;Cena;Akční cena', 'Cena', 'Akční cena'],
  ['Romanian', 'SKU;Preț;Preț redus', 'Preț', 'Preț redus'],
  ['Turkish', 'SKU;Fiyat;İndirimli fiyat', 'Fiyat', 'İndirimli fiyat'],
  ['Norwegian', 'SKU;Pris;Salgspris', 'Pris', 'Salgspris'],
  ['Chinese', 'SKU;售价;促销价', '售价', '促销价'],
  ['Greek', 'SKU;Τιμή;Τιμή προσφοράς', 'Τιμή', 'Τιμή προσφοράς'],
  ['Ukrainian', 'SKU;Ціна;Ціна зі знижкою', 'Ціна', 'Ціна зі знижкою'],
  ['Hebrew', 'SKU;מחיר;מחיר מבצע', 'מחיר', 'מחיר מבצע'],
  ['Arabic', 'SKU;السعر;سعر التخفيض', 'السعر', 'سعر التخفيض'],
])('a %s list of prices and sale prices is known by its words', async (_language, header, price, sale) => {
  expect(await said(`${header}\nA;12.00;9.00\n`)).toEqual([
    `asks column:price: price=${price}`,
    `asks column:${sale}: sale_price=${sale}`,
  ])
})

test.each(['Updated price', 'Price update', 'One-time price', 'Set price', 'Price to customer', 'Price from'])(
  'a price in a column %s is no date and no count: it is asked about',
  async (name) => {
    const questions = [expect.stringMatching(`asks column:${name}: `)]
    expect(await said(`sku,price,${name}\nA,12.00,9.00\n`)).toEqual(questions)
    expect(await said(`sku,price,${name}\nA,12,9\n`)).toEqual(questions)
    expect(await said(`sku,${name}\nA,9.00\n`)).toEqual([expect.stringContaining('asks column:price: ')])
  },
)

test.each([
  'Price date',
  'price_updated_at',
  'Time',
  'Price type',
  'price_id',
  'Cost center',
  'Stock amount',
  'Price count',
])('a column %s of numbers is no price', async (name) => {
  expect(await said(`sku,price,${name}\nA,12.00,9\n`)).toEqual(['A 1200'])
})
