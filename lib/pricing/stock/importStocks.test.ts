import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { permissionsOf } from '#lib/access/permissions.ts'
import { shellPrincipal } from '#lib/access/principal.ts'
import { exportPrices } from '../bulk/csv/csvExport.ts'
import { selection } from '../bulk/contract.ts'
import { CsvRefusedError } from '../bulk/csv/errors.ts'
import { type PriceStores, priceStores } from '../testing/priceStores.ts'
import { importStocks } from './importStocks.ts'

let stores: PriceStores
let skus: string[]
beforeAll(async () => {
  stores = await priceStores()
  const products = await stores.database.db.product.findMany({ orderBy: { id: 'asc' }, take: 6 })
  skus = products.map(({ sku }) => sku)
})
afterAll(() => stores.close())

const clerk = shellPrincipal('ana')
const load = (text: string, principal = clerk) =>
  importStocks(principal, Readable.from([Buffer.from(text)]), 'Counted in May')
const stocks = () => stores.database.db.stock.findMany({ orderBy: { productId: 'asc' } })

async function exported(): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of exportPrices(clerk, selection.parse({}))) parts.push(part)
  return Buffer.concat(parts).toString()
}

test('an export that is imported unchanged changes no stock, and one that is behind says so and writes nothing', async () => {
  const file = await exported()
  const before = await stocks()
  const [header = '', first = ''] = file.split('\r\n')
  expect(header.split(',').slice(-5)).toEqual(['stock', 'stock_version', 'in_sale', 'cost', 'cost_version'])
  expect(first.split(',').slice(-5, -3)).toEqual([String(before[0]?.quantity), String(before[0]?.version)])
  const answer = { state: 'live', rows: before.length, changed: 0, errors: [] }
  expect(await load(file)).toMatchObject({ ...answer, unchanged: before.length, conflict: 0 })
  await stores.database.db.stock.update({ where: { productId: 1 }, data: { quantity: { increment: 1 } } })
  const ordered = await stocks()
  expect(await load(file)).toMatchObject({ ...answer, unchanged: before.length - 1, conflict: 1 })
  expect(await stocks()).toEqual(ordered)
})

test('takes what a file says, leaves what it does not say, and lists each row that is wrong by its line', async () => {
  const before = await stocks()
  const file = [
    'SKU;Stock;Name',
    `${skus[1]};4711;x`,
    `${skus[2]};;x`,
    `${skus[3]};-1;x`,
    `${skus[4]};1.5;x`,
    'NO-SUCH;3;x',
    `${skus[1]};12;x`,
    ';3;x',
  ].join('\n')
  expect(await load(file)).toEqual({
    state: 'live',
    rows: 7,
    changed: 1,
    unchanged: 0,
    conflict: 0,
    errorCount: 5,
    errors: [
      { line: 4, sku: skus[3], column: 'stock', message: '"-1" is not a whole number from 0 to 2147483647.' },
      { line: 5, sku: skus[4], column: 'stock', message: '"1.5" is not a whole number from 0 to 2147483647.' },
      { line: 6, sku: 'NO-SUCH', column: 'sku', message: 'There is no product with this SKU.' },
      { line: 7, sku: skus[1], column: 'sku', message: 'Line 2 is about this SKU already.' },
      { line: 8, sku: null, column: 'sku', message: 'There is no SKU.' },
    ],
  })
  const after = await stocks()
  expect(after[1]).toMatchObject({ productId: 2, quantity: 4_711 })
  expect(after.filter(({ productId }) => productId !== 2)).toEqual(before.filter(({ productId }) => productId !== 2))
  expect(await stores.database.db.auditEntry.findFirst({ where: { target: 'product:2' } })).toMatchObject({
    action: 'product.stock',
    reason: 'Counted in May',
    detail: { to: 4_711 },
  })
})

test.each([
  ['', 'The file is empty.'],
  ['sku,price\nX,1\n', 'There is no column "stock".'],
  ['sku,stock,stock\nX,1,2\n', 'The column "stock" is there twice.'],
  ['sku,stock\n"X,1\n', 'Quote Not Closed'],
])('refuses %j as a whole', async (file, message) => {
  const refused = load(file)
  await expect(refused).rejects.toBeInstanceOf(CsvRefusedError)
  await expect(refused).rejects.toThrow(message)
})

test('a file that cannot be read to its end changes nothing', async () => {
  const before = await stocks()
  const latin1 = Buffer.concat([Buffer.from(`sku,stock\n${skus[5]},77\n`), Buffer.from([0xe9, 0x2c, 0x31])])
  await expect(importStocks(clerk, Readable.from([latin1]), 'x y z')).rejects.toThrow('The file is not UTF-8.')
  expect(await stocks()).toEqual(before)
})

test('a viewer cannot import stocks', async () => {
  const viewer = { ...clerk, role: 'viewer' as const, permissions: permissionsOf('viewer') }
  await expect(load('sku,stock\n', viewer)).rejects.toBeInstanceOf(MissingPermissionError)
})
