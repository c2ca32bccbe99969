/** The draft: the choices and the typed prices so far, and how each act changes them. */
import type { Draft, Selection } from '#lib/pricing/bulk/contract.ts'
import { type CellEdits, cellsOf, type EditCommand, execute, revert } from '../_grid/cellEdits.ts'
import { emptyStack, pushed, redone, undone, type UndoStack } from '../_grid/undoStack.ts'
import { type FilterForm, NO_FILTERS, readFilters } from '../_lib/filterForm.ts'
import { isUntouched, NO_RULES, readRules, type RulesForm } from '../_lib/rulesForm.ts'

export interface DraftState {
  readonly filters: FilterForm
  readonly rules: RulesForm
  readonly edits: CellEdits
  readonly stack: UndoStack<EditCommand>
  /** Taken out by hand. */
  readonly removed: ReadonlySet<number>
  /** Added by hand, although the filters do not find them. */
  readonly added: readonly number[]
  readonly reason: string
}

export const NO_DRAFT: DraftState = {
  filters: NO_FILTERS,
  rules: NO_RULES,
  edits: new Map(),
  stack: emptyStack(),
  removed: new Set(),
  added: [],
  reason: '',
}

export type DraftAction =
  | { readonly kind: 'filters'; readonly filters: FilterForm }
  | { readonly kind: 'rules'; readonly rules: RulesForm }
  | { readonly kind: 'reason'; readonly reason: string }
  | { readonly kind: 'run'; readonly command: EditCommand }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }
  /** In when the first of them is out, and the other way round. */
  | { readonly kind: 'toggle'; readonly productIds: readonly number[] }
  | { readonly kind: 'add'; readonly productIds: readonly number[] }
  | { readonly kind: 'restore'; readonly draft: DraftState }

function toggled(removed: ReadonlySet<number>, productIds: readonly number[]): ReadonlySet<number> {
  const [first] = productIds
  const takeOut = first !== undefined && !removed.has(first)
  const next = new Set(removed)
  for (const id of productIds) {
    if (takeOut) next.add(id)
    else next.delete(id)
  }
  return next
}

export function draftReducer(state: DraftState, action: DraftAction): DraftState {
  switch (action.kind) {
    case 'filters':
      return { ...state, filters: action.filters }
    case 'rules':
      return { ...state, rules: action.rules }
    case 'reason':
      return { ...state, reason: action.reason }
    case 'run':
      return { ...state, edits: execute(state.edits, action.command), stack: pushed(state.stack, action.command) }
    case 'undo': {
      const step = undone(state.stack)
      return step ? { ...state, edits: revert(state.edits, step.command), stack: step.stack } : state
    }
    case 'redo': {
      const step = redone(state.stack)
      return step ? { ...state, edits: execute(state.edits, step.command), stack: step.stack } : state
    }
    case 'toggle':
      return { ...state, removed: toggled(state.removed, action.productIds) }
    case 'add':
      return {
        ...state,
        added: [...new Set([...state.added, ...action.productIds])],
        removed: new Set([...state.removed].filter((id) => !action.productIds.includes(id))),
      }
    case 'restore':
      return action.draft
  }
}

/** Products that the filters and the hand select, without those taken out: the grid shows these greyed. */
export function shownSelection({ filters, added }: Pick<DraftState, 'filters' | 'added'>): Selection {
  return { ...readFilters(filters).selection, added: [...added] }
}

/** Whether anything would change: a rule that can be read, or a cell. */
export function changesSomething({ rules, edits }: DraftState): boolean {
  return edits.size > 0 || (!isUntouched(rules) && readRules(rules).rules !== undefined)
}

/** @returns undefined while a field cannot be read */
export function draftOf(state: DraftState): Draft | undefined {
  const { rules } = readRules(state.rules)
  if (!rules || Object.keys(readFilters(state.filters).errors).length > 0) return undefined
  const cells = cellsOf(state.edits).filter(({ productId }) => !state.removed.has(productId))
  return {
    selection: { ...shownSelection(state), removed: [...state.removed] },
    rules,
    cells,
    reason: state.reason.trim(),
  }
}
