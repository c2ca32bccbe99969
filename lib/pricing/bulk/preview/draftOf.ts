import { assertMay, type Principal } from '#lib/access/principal.ts'
import { db } from '#lib/platform/db.ts'
import { editId } from '../bulkEdits.ts'
import { cell, rules, type Rules, selection, type Selection } from '../contract.ts'
import { BulkEditNotFoundError } from '../errors.ts'

export interface StoredDraft {
  readonly selection: Selection
  readonly rules: Rules
  /** Prices typed or imported, row by row. */
  readonly cells: number
  readonly schedule: { readonly id: string; readonly state: string } | null
}

/**
 * The selection and the rules that the edit was made with, the number of typed prices, and its schedule.
 * @throws {BulkEditNotFoundError}
 */
export async function draftOf(principal: Principal, id: string): Promise<StoredDraft> {
  assertMay(principal, 'bulk:read')
  const edit = await db().bulkEdit.findUnique({
    where: { id: editId(id) },
    select: { selection: true, rules: true, cells: true, schedule: { select: { id: true, state: true } } },
  })
  if (!edit) throw new BulkEditNotFoundError(id)
  return {
    selection: selection.parse(edit.selection),
    rules: rules.parse(edit.rules),
    cells: cell.array().parse(edit.cells).length,
    schedule: edit.schedule,
  }
}
