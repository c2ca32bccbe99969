import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseBlock, pasted, writeBlock } from './clipboard.ts'

describe('a block from a spreadsheet', () => {
  test.each([
    ['one cell', '12.90', [['12.90']]],
    [
      'rows and columns',
      '1\t2\n3\t4',
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
    [
      'line breaks of Windows, and one behind the last row',
      '1\t2\r\n3\t4\r\n',
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
    ['line breaks of an old Mac', '1\r2\r', [['1'], ['2']]],
    [
      'empty cells',
      '\t\n\t2\n',
      [
        ['', ''],
        ['', '2'],
      ],
    ],
    ['an empty row in the middle', '1\n\n3', [['1'], [''], ['3']]],
    ['a quoted cell with a tab and a line break', '"a\tb\nc"\t2', [['a\tb\nc', '2']]],
    ['doubled quotes', '"say ""hello"""', [['say "hello"']]],
    ['a quote inside is a text', '5" nail\t2', [['5" nail', '2']]],
    ['a quote that is never closed is a text', '"open\t2', [['"open', '2']]],
    ['a quote that closes too early is a text', '"a"b\t2', [['"a"b', '2']]],
    ['nothing', '', [['']]],
  ])('%s', (_name, text, rows) => {
    expect(parseBlock(text)).toEqual(rows)
  })

  const cell = fc.string({ unit: fc.constantFrom('a', '1', '"', '\t', '\n', '.', ' ') })
  const block = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .chain(([height, width]) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: height, maxLength: height }),
    )

  test('reads again what it writes, with any text in the cells', () => {
    fc.assert(
      fc.property(block, (rows) => {
        expect(parseBlock(writeBlock(rows))).toEqual(rows)
      }),
    )
  })

  test('reads any text of the clipboard without an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseBlock(text).length).toBeGreaterThan(0)
      }),
    )
  })
})

describe('pasting', () => {
  const size = { rows: 4, columns: 3 }
  const block = (top: number, left: number, bottom = top, right = left) => ({ top, left, bottom, right })
  const places = (cells: ReturnType<typeof pasted>) => cells.map(({ row, column, text }) => `${row},${column}=${text}`)

  test('a block lies at the upper left corner of the selection', () => {
    expect(
      places(
        pasted(
          [
            ['a', 'b'],
            ['c', 'd'],
          ],
          block(1, 0),
          size,
        ),
      ),
    ).toEqual(['1,0=a', '1,1=b', '2,0=c', '2,1=d'])
  })

  test('what is outside of the grid is left out', () => {
    expect(
      places(
        pasted(
          [
            ['a', 'b'],
            ['c', 'd'],
          ],
          block(3, 2),
          size,
        ),
      ),
    ).toEqual(['3,2=a'])
  })

  test('one value fills the whole selection', () => {
    expect(places(pasted([['a']], block(0, 0, 1, 1), size))).toEqual(['0,0=a', '0,1=a', '1,0=a', '1,1=a'])
  })

  test('a selection that is a whole multiple is filled again and again; another is not', () => {
    expect(places(pasted([['a'], ['b']], block(0, 0, 3, 0), size))).toEqual(['0,0=a', '1,0=b', '2,0=a', '3,0=b'])
    expect(places(pasted([['a'], ['b']], block(0, 0, 2, 0), size))).toEqual(['0,0=a', '1,0=b'])
  })

  test('a row that is shorter than the others leaves the cells behind it alone', () => {
    expect(places(pasted([['a', 'b'], ['c']], block(0, 0), size))).toEqual(['0,0=a', '0,1=b', '1,0=c'])
  })
})
