import { describe, expect, test } from 'vitest'
import { draft as draftSchema } from '#lib/pricing/bulk/contract.ts'
import { commandFor, type EditCommand, type EditedValue, type Field } from '../_grid/cellEdits.ts'
import { NO_FILTERS } from '../_lib/filterForm.ts'
import { NO_RULES } from '../_lib/rulesForm.ts'
import {
  changesSomething,
  type DraftAction,
  draftOf,
  draftReducer,
  type DraftState,
  NO_DRAFT,
  shownSelection,
} from './draftState.ts'

function after(actions: readonly DraftAction[], start: DraftState = NO_DRAFT): DraftState {
  return actions.reduce(draftReducer, start)
}

function typed(state: DraftState, productId: number, value: EditedValue, field: Field = 'amountCents'): DraftAction {
  const command: EditCommand | undefined = commandFor('edit', state.edits, [{ productId, field, value }])
  if (!command) throw new Error('this changes nothing')
  return { kind: 'run', command }
}

const lower: DraftAction = { kind: 'rules', rules: { ...NO_RULES, amount: 'percent-down', value: '15' } }
const because: DraftAction = { kind: 'reason', reason: ' Autumn ' }

describe('rows taken out and added by hand', () => {
  test('a row is taken out, and comes back when it is asked for again', () => {
    const out = after([{ kind: 'toggle', productIds: [7] }])
    expect(out.removed).toEqual(new Set([7]))
    expect(after([{ kind: 'toggle', productIds: [7] }], out).removed).toEqual(new Set())
  })

  test('a block of mixed rows goes the way of its first row', () => {
    const out = after([{ kind: 'toggle', productIds: [2] }])
    expect(after([{ kind: 'toggle', productIds: [1, 2, 3] }], out).removed).toEqual(new Set([1, 2, 3]))
    expect(after([{ kind: 'toggle', productIds: [2, 3, 4] }], out).removed).toEqual(new Set())
    expect(after([{ kind: 'toggle', productIds: [] }], out).removed).toEqual(new Set([2]))
  })

  test('what is added is selected once, although it was taken out before', () => {
    const state = after([
      { kind: 'toggle', productIds: [5, 6] },
      { kind: 'add', productIds: [5] },
      { kind: 'add', productIds: [5, 9] },
    ])
    expect(state.added).toEqual([5, 9])
    expect(state.removed).toEqual(new Set([6]))
  })

  test('the grid shows what was taken out, the draft does not select it', () => {
    const state = after([
      lower,
      because,
      { kind: 'filters', filters: { ...NO_FILTERS, brand: 'Nord' } },
      { kind: 'add', productIds: [9] },
      { kind: 'toggle', productIds: [4] },
    ])
    expect(shownSelection(state)).toMatchObject({ brands: ['Nord'], added: [9], removed: [] })
    expect(draftOf(state)?.selection).toMatchObject({ brands: ['Nord'], added: [9], removed: [4] })
  })
})

describe('typed prices', () => {
  test('undo takes back the last act, redo brings it again, and neither touches the rest of the draft', () => {
    const first = after([lower, typed(NO_DRAFT, 1, 1290)])
    const second = after([typed(first, 1, 990), { kind: 'toggle', productIds: [8] }], first)
    const back = after([{ kind: 'undo' }], second)
    expect(back.edits.get(1)).toEqual({ amountCents: 1290 })
    expect(back).toMatchObject({ rules: second.rules, removed: new Set([8]) })
    expect(after([{ kind: 'undo' }], back).edits.size).toBe(0)
    expect(after([{ kind: 'undo' }, { kind: 'redo' }, { kind: 'redo' }], back).edits).toEqual(second.edits)
  })

  test('with nothing to undo or to do again, nothing happens', () => {
    expect(after([{ kind: 'undo' }])).toBe(NO_DRAFT)
    expect(after([{ kind: 'redo' }])).toBe(NO_DRAFT)
  })

  test('a price typed into a row that was taken out is not sent, and comes back with the row', () => {
    const state = after([
      because,
      typed(NO_DRAFT, 1, 1290),
      typed(NO_DRAFT, 2, null, 'compareAtCents'),
      { kind: 'toggle', productIds: [1] },
    ])
    expect(draftOf(state)?.cells).toEqual([{ productId: 2, compareAtCents: null }])
    expect(draftOf(after([{ kind: 'toggle', productIds: [1] }], state))?.cells).toEqual([
      { productId: 1, amountCents: 1290 },
      { productId: 2, compareAtCents: null },
    ])
  })
})

describe('the draft that is sent', () => {
  test('is one that the API takes, with the reason trimmed', () => {
    const state = after([lower, because, typed(NO_DRAFT, 3, 500)])
    const sent = draftOf(state)
    expect(draftSchema.parse(sent)).toEqual(sent)
    expect(sent).toMatchObject({
      rules: { amount: { kind: 'percent', percent: '-15' } },
      cells: [{ productId: 3, amountCents: 500 }],
      reason: 'Autumn',
    })
  })

  test.each<[string, DraftAction]>([
    ['a rule', { kind: 'rules', rules: { ...NO_RULES, amount: 'set', value: 'cheap' } }],
    ['a filter', { kind: 'filters', filters: { ...NO_FILTERS, min: 'cheap' } }],
    ['filters that cross', { kind: 'filters', filters: { ...NO_FILTERS, min: '20', max: '10' } }],
  ])(
    'does not exist while %s cannot be read: a filter that is left out would change more than was asked for',
    (_name, wrong) => {
      const state = after([lower, because])
      expect(draftOf(state)).toBeDefined()
      expect(draftOf(after([wrong], state))).toBeUndefined()
    },
  )

  test('changes something when it has a rule that can be read, or a typed price', () => {
    expect(changesSomething(NO_DRAFT)).toBe(false)
    expect(changesSomething(after([because, { kind: 'toggle', productIds: [1] }]))).toBe(false)
    expect(
      changesSomething(after([{ kind: 'rules', rules: { ...NO_RULES, amount: 'percent-down', value: '' } }])),
    ).toBe(false)
    expect(changesSomething(after([lower]))).toBe(true)
    expect(changesSomething(after([typed(NO_DRAFT, 1, 5)]))).toBe(true)
    expect(changesSomething(after([typed(NO_DRAFT, 1, 5), { kind: 'undo' }]))).toBe(false)
  })

  test('a draft that was kept takes the place of this one', () => {
    const kept = after([lower, because])
    expect(after([typed(NO_DRAFT, 1, 5), { kind: 'restore', draft: kept }])).toBe(kept)
  })
})
