/** A draft in the memory of the tab: a reload loses nothing, and a preview can be changed. */
import { type DraftState, NO_DRAFT } from './draftState.ts'
import { emptyStack } from '../_grid/undoStack.ts'
import type { EditedCell } from '../_grid/cellEdits.ts'

const KEY = 'evergreen.bulk-draft'

interface Kept {
  /** The edit that this draft was previewed as. */
  readonly editId: string | null
  readonly draft: Pick<DraftState, 'filters' | 'rules' | 'reason' | 'added'> & {
    readonly edits: readonly (readonly [number, EditedCell])[]
    readonly removed: readonly number[]
  }
}

export function storeDraft({ filters, rules, reason, added, edits, removed }: DraftState, editId: string | null): void {
  const kept: Kept = { editId, draft: { filters, rules, reason, added, edits: [...edits], removed: [...removed] } }
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept))
  } catch {
    // A tab without room keeps nothing over a reload; the page says when it is left.
  }
}

function read(): Kept | undefined {
  try {
    const text = sessionStorage.getItem(KEY)
    if (text === null) return undefined
    const kept: Kept = JSON.parse(text)
    return kept
  } catch {
    return undefined
  }
}

/** The edit that the draft of this tab was previewed as. */
export function storedEditId(): string | null {
  return read()?.editId ?? null
}

/** @param editId null for a draft that was not previewed yet */
export function storedDraft(editId: string | null): DraftState | undefined {
  const kept = read()
  if (!kept || kept.editId !== editId) return undefined
  const { edits, removed, filters, rules, ...rest } = kept.draft
  // A draft of an older release lacks the fields that are new.
  const forms = { filters: { ...NO_DRAFT.filters, ...filters }, rules: { ...NO_DRAFT.rules, ...rules } }
  return { ...NO_DRAFT, ...rest, ...forms, edits: new Map(edits), removed: new Set(removed), stack: emptyStack() }
}
