/** Cells edited by hand, and the commands that edit them: each knows what was before and what is after. */
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import type { Cell } from '#lib/pricing/bulk/contract.ts'

export type Field = 'amountCents' | 'compareAtCents'

/** undefined: as the rules say. null: no compare-at price. */
export type EditedValue = number | null | undefined

interface CellChange {
  readonly productId: number
  readonly field: Field
  readonly before: EditedValue
  readonly after: EditedValue
  readonly currency?: string | undefined
}

/** The cells that one act changed, and that undo takes back at once. */
export interface EditCommand {
  readonly name: string
  readonly changes: readonly CellChange[]
}

export interface EditedCell {
  readonly amountCents?: number | undefined
  readonly compareAtCents?: number | null | undefined
  /** That of the row; absent: that of the shop. */
  readonly currency?: string | undefined
}

export type CellEdits = ReadonlyMap<number, EditedCell>

export interface Write {
  readonly productId: number
  readonly field: Field
  readonly value: EditedValue
  /** That of the row; absent: that of the shop. */
  readonly currency?: string | undefined
}

/** @returns undefined when nothing would change */
export function commandFor(name: string, edits: CellEdits, writes: readonly Write[]): EditCommand | undefined {
  const last = new Map(writes.map((write) => [`${write.productId} ${write.field}`, write]))
  const changes = [...last.values()]
    .map(({ productId, field, value, currency }) => ({
      productId,
      field,
      before: edits.get(productId)?.[field],
      after: value,
      ...(currency !== undefined && currency !== SHOP_CURRENCY.code && { currency }),
    }))
    .filter(({ before, after }) => before !== after)
  return changes.length === 0 ? undefined : { name, changes }
}

function write(cell: EditedCell, field: Field, value: EditedValue): EditedCell {
  if (field === 'compareAtCents') return { ...cell, compareAtCents: value }
  return { ...cell, amountCents: value ?? undefined }
}

function applied(edits: CellEdits, changes: readonly CellChange[], side: 'before' | 'after'): CellEdits {
  const next = new Map(edits)
  for (const change of changes) {
    const { currency } = change
    const before = { ...next.get(change.productId), ...(currency !== undefined && { currency }) }
    const cell = write(before, change.field, change[side])
    if (cell.amountCents === undefined && cell.compareAtCents === undefined) next.delete(change.productId)
    else next.set(change.productId, cell)
  }
  return next
}

export function execute(edits: CellEdits, { changes }: EditCommand): CellEdits {
  return applied(edits, changes, 'after')
}

export function revert(edits: CellEdits, { changes }: EditCommand): CellEdits {
  return applied(edits, changes, 'before')
}

/** As a draft carries them. */
export function cellsOf(edits: CellEdits): Cell[] {
  return [...edits].map(([productId, { amountCents, compareAtCents, currency }]) => ({
    productId,
    ...(amountCents === undefined ? {} : { amountCents }),
    ...(compareAtCents === undefined ? {} : { compareAtCents }),
    ...(currency === undefined ? {} : { currency }),
  }))
}
