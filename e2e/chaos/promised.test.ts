import { expect, test } from 'vitest'
import { type FileRow, lostFiles, lostSales, type SaleRow } from './promised.ts'

const FILES = [{ editId: 'file', amounts: new Map([[7, 1_290]]) }]
const row: FileRow = { editId: 'file', product: 7, edit: 'applied', row: 'applied', amount: 1_290, met: false }

test.each<[string, FileRow[], number]>([
  ['in Postgres', [row], 0],
  ['found to be the price already', [{ ...row, row: 'skipped' }], 0],
  ['a conflict with an edit that came between', [{ ...row, row: 'conflict', amount: null, met: true }], 0],
  ['a conflict with nothing', [{ ...row, row: 'conflict', amount: null }], 1],
  ['not applied', [{ ...row, row: 'pending', edit: 'approved', amount: null }], 1],
  ['there with another amount', [{ ...row, amount: 1_291 }], 1],
  ['not there', [], 1],
])('a price of an approved file that is %s', (_what, rows, count) => {
  expect(lostFiles(FILES, rows)).toHaveLength(count)
})

const SALES = [{ editId: 'sale', bases: new Map([[7, 1_000]]), mayBeMissed: true }]
const sale: SaleRow = {
  editId: 'sale',
  product: 7,
  state: 'done',
  planned: 800,
  started: 800,
  ended: 1_000,
  base: 1_000,
  shared: false,
}

test.each<[string, SaleRow[], number]>([
  ['began and ended', [sale], 0],
  ['was never begun, because its whole time had passed', [{ ...sale, state: 'failed', started: null, ended: null }], 0],
  ['met another sale', [{ ...sale, ended: null, shared: true }], 0],
  ['did not begin for this product', [{ ...sale, started: null, ended: null }], 1],
  ['began with another price', [{ ...sale, started: 900 }], 1],
  ['did not end for this product', [{ ...sale, ended: null }], 1],
  ['left another base price', [{ ...sale, base: 800 }], 1],
  ['is under way for good', [{ ...sale, state: 'running', ended: null }], 1],
  ['failed after it had begun', [{ ...sale, state: 'failed' }], 1],
  ['is not there', [], 1],
])('a sale that %s', (_what, rows, count) => {
  expect(lostSales(SALES, rows)).toHaveLength(count)
})

test('a sale that was never begun is lost where no fault lasted for its time', () => {
  const rows: SaleRow[] = [{ ...sale, state: 'failed', started: null, ended: null }]
  expect(lostSales(SALES, rows)).toEqual([])
  const [found] = lostSales(
    SALES.map((planned) => ({ ...planned, mayBeMissed: false })),
    rows,
  )
  expect(found).toMatch(/^sale sale of product 7 over 1000 cents was planned; Postgres has failed, started with none/)
})
