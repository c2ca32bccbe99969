import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { permissionsOf } from '#lib/access/permissions.ts'
import { shellPrincipal } from '#lib/access/principal.ts'
import { exportPrices } from '../bulk/csv/csvExport.ts'
import { selection } from '../bulk/contract.ts'
import { CsvRefusedError } from '../bulk/csv/errors.ts'
import { type PriceStores, priceStores } from '../testing/priceStores.ts'
import { understood } from '../testing/csvFiles.ts'
import { unknownSku } from '../skus/unknownSku.ts'
import { importStocks, rejectedStocks, type StockImportOptions } from './importStocks.ts'

let stores: PriceStores
let skus: string[]
beforeAll(async () => {
  stores = await priceStores()
  const products = await stores.database.db.product.findMany({ orderBy: { id: 'asc' }, take: 6 })
  skus = products.map(({ sku }) => sku)
})
afterAll(() => stores.close())

const clerk = shellPrincipal('ana')
const imported = (file: string | Buffer, options?: StockImportOptions, principal = clerk) =>
  importStocks(principal, Readable.from([Buffer.from(file)]), 'Counted in May', options)
const load = async (file: string | Buffer, options?: StockImportOptions) => understood(await imported(file, options))
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

const notWhole = (text: string) =>
  `"${text}" is not a whole number from 0 to 2147483647. Write one, or leave the cell empty to keep the stock.`
const disagrees = (line: number) =>
  `Line ${line} says something else about this SKU. Neither is taken: leave one of them in the file.`

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
    `${skus[5]};4711;x`,
    `${skus[5]};4711;y`,
  ].join('\n')
  expect(await load(file)).toEqual({
    state: 'live',
    rows: 9,
    changed: 1,
    unchanged: 0,
    conflict: 0,
    changes: [expect.objectContaining({ productId: 6, sku: skus[5], from: before[5]?.quantity, to: 4_711 })],
    ignoredColumns: ['Name'],
    notes: [],
    errorCount: 6,
    errors: [
      { line: 2, sku: skus[1], column: 'sku', message: disagrees(7) },
      { line: 4, sku: skus[3], column: 'stock', message: notWhole('-1') },
      { line: 5, sku: skus[4], column: 'stock', message: notWhole('1.5') },
      { line: 6, sku: 'NO-SUCH', column: 'sku', message: unknownSku('NO-SUCH', undefined) },
      { line: 7, sku: skus[1], column: 'sku', message: disagrees(2) },
      { line: 8, sku: null, column: 'sku', message: 'The SKU is missing. Write it, or leave the row out.' },
    ].map((error) => ({ ...error, suggestion: null })),
  })
  const after = await stocks()
  expect(after[5]).toMatchObject({ productId: 6, quantity: 4_711 })
  expect(after.filter(({ productId }) => productId !== 6)).toEqual(before.filter(({ productId }) => productId !== 6))
  expect(await stores.database.db.auditEntry.findFirst({ where: { target: 'product:6' } })).toMatchObject({
    action: 'product.stock',
    reason: 'Counted in May',
    detail: { to: 4_711 },
  })
})

test.each([
  ['', 'The file is empty.'],
  ['sku,price\nX,1\n', 'There is no column "stock". Write: sku,stock. The columns are: sku, price.'],
])('refuses %j as a whole', async (file, message) => {
  const refused = load(file)
  await expect(refused).rejects.toBeInstanceOf(CsvRefusedError)
  await expect(refused).rejects.toThrow(message)
})

test('a preview says what would change and writes nothing', async () => {
  const before = await stocks()
  const [one, two] = [before[0]?.quantity ?? 0, before[2]]
  const file = `sku,stock,stock_version\n${skus[0]},${one + 5},\n${skus[2]},7,${Number(two?.version) + 1}\n`
  expect(await load(file, { preview: true })).toMatchObject({
    state: 'previewed',
    changed: 1,
    unchanged: 0,
    conflict: 1,
    changes: [{ sku: skus[0], from: one, to: one + 5 }],
  })
  expect(await stocks()).toEqual(before)
})

test('reads the exports of other shops: a title row, decimals that say nothing, a wrong quote, a SKU that is nearly one', async () => {
  const file = [
    'Stock of May;;',
    'Variant SKU;Title;Variant Inventory Qty',
    `${skus[0]};"Chair";12.0000`,
    `${skus[2]};24" Monitor;3`,
    `${skus[3]?.toLowerCase()};Lamp;4`,
    ';;',
  ].join('\r\n')
  const read = await load(file, { preview: true })
  expect(read.changes).toMatchObject([{ sku: skus[0], to: 12 }])
  expect(read.errors).toMatchObject([
    { line: 4, message: expect.stringContaining('quote') },
    { line: 5, message: expect.stringContaining(`Write ${skus[3]}`), suggestion: skus[3] },
  ])
  const taken = await load(file, { preview: true, answers: { nearSkus: 'take' } })
  expect(taken.changes.map(({ sku }) => sku)).toEqual([skus[0], skus[3]])
})

test('takes no number that can be read in two ways, and no stock of one place for that of all', async () => {
  const file = [
    'SKU;Location;Stock',
    `${skus[0]};Berlin;1.000`,
    `${skus[1]};Berlin;2,000`,
    `${skus[2]};Berlin;3.0000`,
    `${skus[3]};Berlin;5`,
    `${skus[3]};Paris;5`,
    `${skus[4]};Paris;1000,00`,
  ].join('\n')
  const read = await load(file, { preview: true })
  expect(read.changes.map(({ sku, to }) => [sku, to])).toEqual([
    [skus[2], 3],
    [skus[4], 1000],
  ])
  expect(read.errors.map(({ line, message }) => [line, message])).toEqual([
    [2, '"1.000" can be read in two ways. Write 1 or 1000.'],
    [3, '"2,000" can be read in two ways. Write 2 or 2000.'],
    [5, disagrees(6)],
    [6, disagrees(5)],
  ])
})

test('has the rows that it leaves out as a file that is corrected and sent again, not those that are set', async () => {
  const [one, two, three] = await stocks()
  if (!one || !two || !three) throw new Error('There are fewer than three products.')
  const file = [
    'sku;stock;stock_version;note',
    `${skus[0]};${one.quantity + 1};${one.version};set`,
    `${skus[1]};${two.quantity + 1};${Number(two.version) + 4};moved`,
    `${skus[2]};-3;;"wrong; quite"`,
    'NO-SUCH;3;;unknown',
  ].join('\n')
  expect(await load(file)).toMatchObject({ changed: 1, conflict: 1, errorCount: 2 })
  const rejected = async (text: string) => {
    const rows = understood(await rejectedStocks(clerk, Readable.from([Buffer.from(text)]), {}))
    return Buffer.concat(await Array.fromAsync(rows)).toString()
  }
  const text = await rejected(file)
  expect(text.replace('\u{feff}', '').trim().split('\r\n')).toEqual([
    'sku;stock;stock_version;note;line;problem;suggested_sku',
    `${skus[1]};${two.quantity + 1};${Number(two.version) + 4};moved;3;The stock moved since: it is ${two.quantity} at version ${two.version}. Write that version, or none, to set it.;`,
    `${skus[2]};-3;;"wrong; quite";4;"${notWhole('-3').replaceAll('"', '""')}";`,
    `NO-SUCH;3;;unknown;5;${unknownSku('NO-SUCH', undefined)};`,
  ])
  const corrected = text.replace(`;${Number(two.version) + 4};`, `;${two.version};`).replace(';-3;', ';3;')
  expect(await load(corrected)).toMatchObject({ changed: 2, conflict: 0, errorCount: 1 })
  expect((await rejected(corrected)).match(/suggested_sku|NO-SUCH/g)).toEqual(['suggested_sku', 'NO-SUCH'])
})

test('asks for what a file leaves open, and takes it with the answers', async () => {
  const open = (found: Awaited<ReturnType<typeof imported>>) =>
    'questions' in found
      ? found.questions.map(({ id, answers, suggested }) => [id, answers[suggested ?? -1]?.value])
      : []
  const latin = Buffer.from(`Artikelnummer;Bezeichnung;Bestand\n${skus[0]};St\xfchle;21\n`, 'latin1')
  const before = await stocks()
  expect(open(await imported(latin))).toEqual([
    ['encoding', 'windows-1252'],
    ['column:sku', 'sku=Artikelnummer'],
    ['column:stock', 'stock=Bestand'],
  ])
  expect(open(await imported('sku,stock,stock\nX,1,2\n'))).toEqual([['column:stock', 'stock=#2']])
  expect(await stocks()).toEqual(before)
  const answers = { encoding: 'windows-1252', column: ['sku=Artikelnummer', 'stock=Bestand'] } as const
  expect(await load(latin, { answers: { ...answers, column: [...answers.column] } })).toMatchObject({
    state: 'live',
    notes: ['Read as Windows-1252, Western Europe.'],
    ignoredColumns: ['Bezeichnung'],
  })
  expect((await stocks())[0]?.quantity).toBe(21)
})

test('a viewer cannot import stocks', async () => {
  const viewer = { ...clerk, role: 'viewer' as const, permissions: permissionsOf('viewer') }
  await expect(imported('sku,stock\n', {}, viewer)).rejects.toBeInstanceOf(MissingPermissionError)
})
