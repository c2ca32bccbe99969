import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, blockOf, type CellSelection, fitted, inBlock, type Move, moved } from './cellSelection.ts'
import { commandOf, editingCommandOf, type Key } from './gridKeys.ts'

const MOVES: readonly Move[] = [
  'up',
  'down',
  'left',
  'right',
  'page-up',
  'page-down',
  'row-start',
  'row-end',
  'first',
  'last',
  'column-start',
  'column-end',
  'next',
  'previous',
]
const size = { rows: 5, columns: 3 }

describe('moving', () => {
  test.each<[Move, [number, number], [number, number]]>([
    ['down', [0, 1], [1, 1]],
    ['up', [0, 1], [0, 1]],
    ['right', [0, 2], [0, 2]],
    ['row-end', [1, 0], [1, 2]],
    ['last', [0, 0], [4, 2]],
    ['column-end', [0, 1], [4, 1]],
    ['page-down', [0, 1], [4, 1]],
    ['next', [0, 2], [1, 0]],
    ['next', [4, 2], [4, 2]],
    ['previous', [1, 0], [0, 2]],
    ['previous', [0, 0], [0, 0]],
  ])('%s from %j leads to %j', (move, [row, column], [toRow, toColumn]) => {
    expect(moved(at(row, column), move, size)).toEqual(at(toRow, toColumn))
  })

  test('the selection stays inside under any keys, and an extended one keeps its anchor', () => {
    const step = fc.record({ move: fc.constantFrom(...MOVES), extend: fc.boolean() })
    const grid = fc.record({ rows: fc.integer({ min: 1, max: 60_000 }), columns: fc.integer({ min: 1, max: 9 }) })
    fc.assert(
      fc.property(fc.array(step), grid, (steps, grid) => {
        let selection: CellSelection = at(0, 0)
        for (const { move, extend } of steps) {
          const next = moved(selection, move, grid, { extend })
          expect(next.anchor).toEqual(extend ? selection.anchor : next.focus)
          selection = next
          const { top, bottom, left, right } = blockOf(selection)
          expect(top >= 0 && left >= 0 && bottom < grid.rows && right < grid.columns).toBe(true)
          expect(inBlock(blockOf(selection), selection.anchor) && inBlock(blockOf(selection), selection.focus)).toBe(
            true,
          )
        }
      }),
    )
  })

  test('a selection of a grid that has become smaller fits into it', () => {
    expect(fitted({ anchor: { row: 1, column: 0 }, focus: { row: 40, column: 2 } }, { rows: 3, columns: 2 })).toEqual({
      anchor: { row: 1, column: 0 },
      focus: { row: 2, column: 1 },
    })
  })
})

function key(name: string, more: Partial<Key> = {}): Key {
  return { key: name, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more }
}

describe('keys', () => {
  test.each([
    ['ArrowDown', {}, { kind: 'move', move: 'down', extend: false }],
    ['ArrowDown', { shiftKey: true }, { kind: 'move', move: 'down', extend: true }],
    ['End', { ctrlKey: true }, { kind: 'move', move: 'last', extend: false }],
    ['Enter', {}, { kind: 'edit' }],
    ['7', {}, { kind: 'edit', text: '7' }],
    ['d', { ctrlKey: true }, { kind: 'fill-down' }],
    ['z', { ctrlKey: true }, { kind: 'undo' }],
    ['z', { metaKey: true }, { kind: 'undo' }],
    ['Z', { ctrlKey: true, shiftKey: true }, { kind: 'redo' }],
    ['y', { ctrlKey: true }, { kind: 'redo' }],
    ['Delete', {}, { kind: 'clear' }],
    [' ', {}, { kind: 'toggle' }],
  ])('%s %j', (name, more, command) => {
    expect(commandOf(key(name, more))).toEqual(command)
  })

  test.each([
    ['Tab leaves the grid, so that it is no keyboard trap', key('Tab')],
    ['copy and paste are events of the clipboard', key('c', { ctrlKey: true })],
    ['a key of an input method is its own', key('Enter', { isComposing: true })],
    ['function keys belong to the browser', key('F5')],
    ['so do keys with Alt', key('ArrowLeft', { altKey: true })],
  ])('%s', (_name, pressed) => {
    expect(commandOf(pressed)).toBeUndefined()
  })

  test('in an open cell Enter goes down, Tab to the right, Escape gives up, and Home moves in the text', () => {
    expect(editingCommandOf(key('Enter'))).toEqual({ kind: 'commit', move: 'down' })
    expect(editingCommandOf(key('Tab', { shiftKey: true }))).toEqual({ kind: 'commit', move: 'previous' })
    expect(editingCommandOf(key('Escape'))).toEqual({ kind: 'cancel' })
    expect(editingCommandOf(key('Home'))).toBeUndefined()
  })
})
