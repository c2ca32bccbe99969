import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CellEdits, cellsOf, commandFor, execute, revert, type Write } from './cellEdits.ts'
import { emptyStack, pushed, redone, undone, type UndoStack } from './undoStack.ts'
import type { EditCommand } from './cellEdits.ts'

const write: fc.Arbitrary<Write> = fc.oneof(
  fc.record({
    productId: fc.integer({ min: 1, max: 6 }),
    field: fc.constant('amountCents' as const),
    value: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  }),
  fc.record({
    productId: fc.integer({ min: 1, max: 6 }),
    field: fc.constant('compareAtCents' as const),
    value: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(null), fc.constant(undefined)),
  }),
)
const act = fc.array(write, { maxLength: 8 })

interface State {
  readonly edits: CellEdits
  readonly stack: UndoStack<EditCommand>
}

function done({ edits, stack }: State, writes: readonly Write[], limit?: number): State {
  const command = commandFor('edit', edits, writes)
  return command ? { edits: execute(edits, command), stack: pushed(stack, command, limit) } : { edits, stack }
}

function allUndone(state: State): State {
  let { edits, stack } = state
  for (let step = undone(stack); step; step = undone(stack)) {
    edits = revert(edits, step.command)
    stack = step.stack
  }
  return { edits, stack }
}

function allRedone(state: State): State {
  let { edits, stack } = state
  for (let step = redone(stack); step; step = redone(stack)) {
    edits = execute(edits, step.command)
    stack = step.stack
  }
  return { edits, stack }
}

const nothing: State = { edits: new Map(), stack: emptyStack() }

describe('undo and redo', () => {
  test('undoing everything restores every cell, and doing it all again brings everything back', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
        const after = acts.reduce<State>((state, writes) => done(state, writes), nothing)
        const before = allUndone(after)
        expect(before.edits.size).toBe(0)
        expect(allRedone(before).edits).toEqual(after.edits)
      }),
    )
  })

  test('a full stack forgets the oldest, never the newest', () => {
    const names = (stack: UndoStack<string>) => stack.done
    const full = ['one', 'two', 'three', 'four'].reduce((stack, name) => pushed(stack, name, 3), emptyStack<string>())
    expect(names(full)).toEqual(['two', 'three', 'four'])
    expect(undone(full)?.command).toBe('four')
  })

  test('after a new act, what was undone before cannot be done again', () => {
    const stack = pushed(pushed(emptyStack<string>(), 'one'), 'two')
    const back = undone(stack)?.stack ?? stack
    expect(redone(back)?.command).toBe('two')
    expect(redone(pushed(back, 'three'))).toBeUndefined()
  })
})

describe('commands', () => {
  test('what changes nothing is no command', () => {
    const edits: CellEdits = new Map([[1, { amountCents: 5 }]])
    expect(commandFor('edit', edits, [{ productId: 1, field: 'amountCents', value: 5 }])).toBeUndefined()
    expect(commandFor('edit', edits, [{ productId: 2, field: 'amountCents', value: undefined }])).toBeUndefined()
    expect(commandFor('edit', edits, [])).toBeUndefined()
  })

  test('of two writes to one cell the last counts, and undo knows what was before both', () => {
    const edits: CellEdits = new Map([[1, { amountCents: 5 }]])
    const command = commandFor(
      'paste',
      edits,
      [6, 7].map((value) => ({ productId: 1, field: 'amountCents' as const, value })),
    )
    expect(command?.changes).toEqual([{ productId: 1, field: 'amountCents', before: 5, after: 7 }])
  })

  test('no compare-at price is not the same as the one that the rules say', () => {
    const { edits } = done(nothing, [{ productId: 1, field: 'compareAtCents', value: null }])
    expect(cellsOf(edits)).toEqual([{ productId: 1, compareAtCents: null }])
    expect(
      cellsOf(done({ ...nothing, edits }, [{ productId: 1, field: 'compareAtCents', value: undefined }]).edits),
    ).toEqual([])
  })
})
