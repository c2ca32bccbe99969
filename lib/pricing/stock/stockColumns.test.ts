import { expect, test } from 'vitest'
import { readStockColumns } from './stockColumns.ts'

/** What is taken, and what is asked with its answers. */
function read(header: string) {
  const cells = header.split(';')
  const { at, questions } = readStockColumns(cells, [], 1)
  return [
    ...Object.entries(at).map(([field, i]) => `${field}=${cells[i]}`),
    ...questions.map(({ answers }) => `? ${answers.map(({ value }) => value).join(' ')}`),
  ]
}

test.each([
  ['sku;qty;out_of_stock_qty;is_in_stock', ['sku=sku', 'stock=qty']],
  ['SKU;In stock?;Stock;Low stock amount', ['sku=SKU', 'stock=Stock']],
  ['UGS;Stock', ['sku=UGS', 'stock=Stock']],
])('%s is taken without a question', (header, taken) => {
  expect(read(header)).toEqual(taken)
})

test.each([
  [
    'SKU;Location;Incoming (not editable);Committed (not editable);Available (not editable);On hand (new)',
    '? stock=Available (not editable) stock=On hand (new)',
  ],
  ['sku;Variant Inventory Quantity', '? stock=Variant Inventory Quantity'],
  ['sku;Quantity On Hand;Forecasted Quantity', '? stock=Quantity On Hand'],
  ['sku;Lagerbestand (Stk)', '? stock=Lagerbestand (Stk)'],
  ['sku;Verfügbar', '? stock=Verfügbar'],
  ['sku;Quantité', '? stock=Quantité'],
  ['sku;Existencias', '? stock=Existencias'],
  ['sku;Estoque', '? stock=Estoque'],
  ['sku;Giacenza', '? stock=Giacenza'],
  ['sku;Voorraad', '? stock=Voorraad'],
  ['sku;Current Quantity Main', '? stock=Current Quantity Main'],
  ['seller-sku;stock', '? sku=seller-sku'],
  ['Product Code/SKU;stock', '? sku=Product Code/SKU'],
])('of %s it is asked which column it is', (header, question) => {
  expect(read(header)).toContain(question)
})

test.each([
  'sku;stock status',
  'sku;Minimal quantity',
  'sku;Reserved quantity',
  'sku;Low stock amount',
  'sku;In stock?',
])('%s has no column of stocks', (header) => {
  expect(() => read(header)).toThrow('There is no column "stock"')
})
