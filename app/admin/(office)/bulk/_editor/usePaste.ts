import { type Dispatch, type RefObject, useState } from 'react'
import type { GridRow, Selection } from '#lib/pricing/bulk/contract.ts'
import { type CellEdits, commandFor, type EditCommand, type Field } from '../_grid/cellEdits.ts'
import type { Block } from '../_grid/cellSelection.ts'
import { parseBlock, type TextBlock } from '../_grid/clipboard.ts'
import { adminApi, ask, valueOf } from '../../../_lib/adminApi.ts'
import { type ColumnIds, type GridRows, markKey } from './gridEdits.ts'
import { fieldAt } from './columnIds.ts'
import type { DraftAction } from './draftState.ts'
import { probedSkus, skuColumnOf } from './pasteColumns.ts'
import { type CellMark, type PastePlan, planByPlace, planBySku, skusOf } from './pastePlan.ts'

/** Products that one question asks for. */
const AT_ONCE = 500
const NOTHING_PASTED = 'Nothing was pasted: only new prices can be written, and these are there already.'

async function productsOf(selection: Omit<Selection, 'skus'>, skus: readonly string[]): Promise<Map<string, GridRow>> {
  const found = new Map<string, GridRow>()
  for (let at = 0; at < skus.length; at += AT_ONCE) {
    const { rows } = await valueOf(
      ask(
        adminApi.selection.rows.$post({
          json: { selection: { ...selection, skus: skus.slice(at, at + AT_ONCE) }, limit: AT_ONCE },
        }),
      ),
    )
    for (const row of rows) found.set(row.sku, row)
  }
  return found
}

const EVERY: Omit<Selection, 'skus'> = { matching: true, added: [], removed: [] }

/** @returns of those of the texts that no product has as its SKU, the SKU that was most likely meant; of the first AT_ONCE of them */
async function nearOf(texts: readonly string[]): Promise<Map<string, string>> {
  if (texts.length === 0) return new Map()
  const { nearSkus } = await valueOf(
    ask(adminApi.selection.count.$post({ json: { selection: { ...EVERY, skus: texts.slice(0, AT_ONCE) } } })),
  )
  return new Map(nearSkus.map(({ sku, near }) => [sku, near]))
}

/** Products of a block that the filters do not find. */
async function notSelected(selection: Selection, products: ReadonlyMap<string, GridRow>): Promise<number[]> {
  const { skus: listed, added, ...filters } = selection
  const only = listed && new Set(listed)
  const asked = [...products.keys()].filter((sku) => !only || only.has(sku))
  const inside = await productsOf({ ...filters, added: [] }, asked)
  return [...products.values()]
    .filter(({ sku, productId }) => !inside.has(sku) && !added.includes(productId))
    .map(({ productId }) => productId)
}

interface Options {
  readonly rows: GridRows
  readonly columns: ColumnIds
  readonly selection: Selection
  readonly latest: RefObject<CellEdits>
  readonly dispatch: Dispatch<DraftAction>
  /** Waits for the rows of a block. */
  readonly ensure: (from: number, to: number) => Promise<void>
  readonly say: (text: string) => void
}

/** Pasting, and the cells whose pasted texts could not be read. */
export function usePaste({ rows, columns, selection, latest, dispatch, ensure, say }: Options) {
  const [marks, setMarks] = useState<ReadonlyMap<string, CellMark>>(new Map())

  function carryOut({ writes, marks: unread, notes }: PastePlan, how: string): void {
    const command = commandFor('paste', latest.current, writes)
    if (command) dispatch({ kind: 'run', command })
    setMarks(new Map(unread.map((mark) => [markKey(mark.productId, mark.field), mark])))
    const n = command?.changes.length ?? 0
    const done = n > 0 ? [`${n.toLocaleString('en')} ${n === 1 ? 'cell' : 'cells'} pasted${how}.`] : []
    say([...done, ...notes].join(' ') || NOTHING_PASTED)
  }

  async function bySku(block: TextBlock, column: number, field: Field): Promise<void> {
    const skus = skusOf(block, column)
    const products = await productsOf(EVERY, skus)
    const near = await nearOf(skus.filter((sku) => !products.has(sku)))
    const plan = planBySku(block, { column, products, near, edits: latest.current, field })
    const written = new Set(plan.writes.map(({ productId }) => productId))
    const others = (await notSelected(selection, products)).filter((id) => written.has(id))
    if (others.length > 0) dispatch({ kind: 'add', productIds: others })
    const added =
      others.length === 0
        ? []
        : [
            `${others.length.toLocaleString('en')} of the products ${others.length === 1 ? 'was' : 'were'} not in the list and ${others.length === 1 ? 'is' : 'are'} added.`,
          ]
    carryOut({ ...plan, notes: [...plan.notes, ...added] }, ' by SKU')
  }

  async function paste(into: Block, text: string): Promise<void> {
    const block = parseBlock(text)
    say('Reading the block…')
    const probed = probedSkus(block)
    const known = await productsOf(EVERY, probed)
    const near = await nearOf(probed.filter((text) => !known.has(text)))
    const column = skuColumnOf(block, { known, near })
    if (column !== undefined) return bySku(block, column, fieldAt(columns, into.left) ?? 'amountCents')
    const bottom = Math.min(rows.total, into.top + Math.max(block.length, into.bottom - into.top + 1)) - 1
    await ensure(into.top, bottom)
    carryOut(planByPlace(block, into, { rows, columns, edits: latest.current }), '')
  }

  return {
    paste,
    marks,
    /** A cell that is written again is no longer marked. */
    unmark: ({ changes }: EditCommand) =>
      setMarks((before) => {
        const next = new Map(before)
        for (const { productId, field } of changes) next.delete(markKey(productId, field))
        return next.size === before.size ? before : next
      }),
    unmarkAll: () => setMarks(new Map()),
  }
}
