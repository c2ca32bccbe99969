import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CsvRow, csvRows, type Delimiter } from './records.ts'

async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

const read = (text: string, delimiter: Delimiter = ',', size = 3, width?: number): Promise<CsvRow[]> =>
  Array.fromAsync(csvRows(pieces(text, size), delimiter, width))

const cell = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('"', ',', ';', '\t', '|', '\n', '\r', 'a', ' ', '='), maxLength: 8 }),
)
const lineEnd = fc.constantFrom('\n', '\r\n', '\r')
const anyDelimiter = fc.constantFrom<Delimiter>(',', ';', '\t', '|')

test('rows that a library writes are read back, however they arrive, each with its line', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
      anyDelimiter,
      lineEnd,
      fc.integer({ min: 1, max: 20 }),
      async (rows, delimiter, end, size) => {
        const text = stringify(rows, { delimiter, record_delimiter: end, quoted: true })
        const found = await read(text, delimiter, size)
        expect(found.map(({ cells }) => cells)).toEqual(rows)
        const breaks = (cells: readonly string[]) => cells.join('').match(/\r\n|[\r\n]/g)?.length ?? 0
        const lines = rows.map((_row, i) =>
          rows.slice(0, i).reduce((line, row) => line + 1 + row.reduce((n, one) => n + breaks([one]), 0), 1),
        )
        expect(found.map(({ line }) => line)).toEqual(lines)
      },
    ),
    { numRuns: 200 },
  )
})

test('a text of any kind is read to its end, the same however it arrives', async () => {
  const text = fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', '=', ' '), maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.integer({ min: 1, max: 20 }),
      fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      async (any, size, width) => {
        const found = await read(any, ',', size, width)
        expect(found).toEqual(await read(any, ',', 1_000, width))
        const lines = any.split(/\r\n|[\r\n]/)
        expect(found.every(({ line }) => line >= 1 && line <= lines.length)).toBe(true)
      },
    ),
    { numRuns: 500 },
  )
})

test('a bad quote costs its row: every other row is read when any row of a file gets one', async () => {
  const good = ['A,"one, two",1', 'B,plain,2', 'C,"with ""quotes""",3', 'D,x,4', 'E,"last",5']
  const bad = ['X,24" screen,9', 'X,"24" screen,9', 'X,"open,9', 'X,"a""b,9']
  for (const wrong of bad)
    for (let at = 0; at <= good.length; at += 1) {
      const rows = await read([...good.slice(0, at), wrong, ...good.slice(at)].join('\n'), ',', 7, 3)
      expect(rows.filter(({ problem }) => problem === undefined).map(({ cells }) => cells[0])).toEqual([
        'A',
        'B',
        'C',
        'D',
        'E',
      ])
      expect(rows.filter(({ problem }) => problem !== undefined).map(({ line }) => line)).toEqual([at + 1])
    }
})

test('a row over several lines may end early, or have empty cells too many', async () => {
  const text = 'A,1,"two\nlines"\nB,2,"two\nlines",x,,\nC,3,"never, closed\nD,4,a,b\nE,5,"c",d\nF,6,"x\ny",z,too,many\n'
  const rows = await read(text, ',', 3, 4)
  expect(rows.map(({ line, cells: [sku], problem }) => [line, sku, problem !== undefined])).toEqual([
    [1, 'A', false],
    [3, 'B', false],
    [5, 'C', true],
    [6, 'D', false],
    [7, 'E', false],
    [8, 'F', true],
    [9, 'y"', true],
  ])
})

test('a quote that swallows rows is a slip, where they are rows by themselves', async () => {
  const rows = await read('A,"open,1,2\nB,x,3,4\nC,y,5,24"\nD,z,6,7\n', ',', 5, 4)
  expect(rows.map(({ line, problem }) => [line, problem !== undefined])).toEqual([
    [1, true],
    [2, false],
    [3, true],
    [4, false],
  ])
})

test('a row that is far too long is cut, and the row behind it is read', async () => {
  for (const long of [`A,${'x'.repeat(3_000_000)}`, `A,"${'x'.repeat(3_000_000)}`]) {
    const rows = await read(`sku,price\n${long}\nB,2\n`, ',', 65_536, 2)
    expect(rows.map(({ line, cells: [sku], problem }) => [line, sku, problem !== undefined])).toEqual([
      [1, 'sku', false],
      [2, 'A', true],
      [3, 'B', false],
    ])
  }
})
