'use client'

import { useSearchParams } from 'next/navigation'
import { useEffect, useMemo, useReducer, useRef, useState } from 'react'
import { MAX_BY_CHANGE, type SelectionFacets } from '#lib/pricing/bulk/contract.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { type CellEdits, cellsOf } from '../_grid/cellEdits.ts'
import { DataGrid } from '../_grid/DataGrid.tsx'
import { readRules } from '../_lib/rulesForm.ts'
import { useNarrow } from '../_lib/useNarrow.ts'
import { AddProduct } from './AddProduct.tsx'
import { draftReducer, NO_DRAFT, shownSelection } from './draftState.ts'
import styles from './Editor.module.css'
import { EDITOR_COLUMNS, NARROW_EDITOR_COLUMNS } from './editorColumns.tsx'
import { EditorContext } from './EditorContext.ts'
import { FilterBar } from './FilterBar.tsx'
import { storeDraft, storedDraft } from './draftStorage.ts'
import { PreviewForm } from './PreviewForm.tsx'
import { RulesPanel } from './RulesPanel.tsx'
import { useEditorGrid } from './useEditorGrid.ts'
import { useSelection } from './useSelection.ts'
import { Row, Stack } from '../../../_components/Layout.tsx'

/** Columns by which the server sorts. */
const SORTS = {
  sku: 'sku',
  product: 'name',
  price: 'amount',
  compareAt: 'compareAt',
  change: 'change',
  margin: 'margin',
  brand: 'brand',
} as const

interface SortedBy {
  readonly column: keyof typeof SORTS
  readonly direction: 'asc' | 'desc'
  /** The typed prices at the time of sorting: a row stays in its place while a price is typed into it. */
  readonly edits: CellEdits
}

function isSortable(column: string): column is keyof typeof SORTS {
  return Object.hasOwn(SORTS, column)
}

/** The filters, the rules, and the selected products in a grid of new prices. */
export function Editor({ facets }: { facets: SelectionFacets }) {
  const editId = useSearchParams().get('edit')
  const [draft, dispatch] = useReducer(draftReducer, NO_DRAFT)
  const restored = useRef(false)
  useEffect(() => {
    const kept = storedDraft(editId)
    if (kept) dispatch({ kind: 'restore', draft: kept })
    restored.current = true
  }, [editId])
  useEffect(() => {
    if (restored.current && draft !== NO_DRAFT) storeDraft(draft, editId)
  }, [draft, editId])

  const { filters, added } = draft
  // Stable: a filter by time would be another one with each render.
  const selection = useMemo(() => shownSelection({ filters, added }), [filters, added])
  const [sorting, setSorting] = useState<SortedBy>()
  const [typing, setTyping] = useState(false)
  const { rules } = readRules(draft.rules)
  const { pages, stale, unknownSkus } = useSelection(
    selection,
    sorting && {
      sort: SORTS[sorting.column],
      direction: sorting.direction,
      ...(sorting.column === 'change' && { meaning: { ...(rules && { rules }), cells: cellsOf(sorting.edits) } }),
    },
    typing,
  )
  const narrow = useNarrow()
  const { edits, removed, stack } = draft
  const values = {
    rules,
    edits,
    removed,
    toggle: (productId: number) => dispatch({ kind: 'toggle', productIds: [productId] }),
  }
  const shown = narrow ? NARROW_EDITOR_COLUMNS : EDITOR_COLUMNS
  const columns = shown.map(({ id }) => id)
  const { actions, said, say, marks } = useEditorGrid({ pages, columns, values, selection, dispatch })
  const sortBy = (column: string) => {
    if (!isSortable(column)) return
    const tooMany = column === 'change' && (pages.total ?? 0) > MAX_BY_CHANGE
    say(tooMany ? `At most ${MAX_BY_CHANGE.toLocaleString('en')} products are sorted by their change.` : '')
    if (tooMany) return
    const again = sorting?.column === column
    // Up, down, and as it was.
    if (again && sorting.direction === 'desc') setSorting(undefined)
    else setSorting({ column, direction: again ? 'desc' : 'asc', edits })
  }
  const chosen = Math.max(0, (pages.total ?? 0) - removed.size)

  return (
    <EditorContext value={{ ...values, marks }}>
      <FilterBar
        filters={draft.filters}
        facets={facets}
        unknownSkus={unknownSkus}
        onChange={(filters) => dispatch({ kind: 'filters', filters })}
      />
      <RulesPanel rules={draft.rules} onChange={(form) => dispatch({ kind: 'rules', rules: form })} />
      <Stack as="section" gap={3} aria-label="Selected products">
        <div className={styles.bar}>
          <p className={styles.count} aria-live="polite">
            {pages.total === undefined || stale ? (
              'Counting…'
            ) : (
              <>
                <strong>{chosen.toLocaleString('en')}</strong> {chosen === 1 ? 'product' : 'products'}
                {removed.size > 0 ? `, ${removed.size.toLocaleString('en')} taken out` : ''}
                {draft.added.length > 0 ? `, ${draft.added.length.toLocaleString('en')} added by hand` : ''}
                {edits.size > 0 ? `, ${edits.size.toLocaleString('en')} typed` : ''}
              </>
            )}
          </p>
          <Row gap={2}>
            <Button
              variant="secondary"
              size="sm"
              onClick={() => dispatch({ kind: 'undo' })}
              disabled={stack.done.length === 0}
            >
              Undo
            </Button>
            <Button
              variant="secondary"
              size="sm"
              onClick={() => dispatch({ kind: 'redo' })}
              disabled={stack.undone.length === 0}
            >
              Redo
            </Button>
          </Row>
          <AddProduct onAdd={(productIds) => dispatch({ kind: 'add', productIds })} />
        </div>
        <p id="grid-help" className={styles.help}>
          {narrow ? (
            'Tap a new price to change it.'
          ) : (
            <>
              Type into the new prices, also <kbd>-10%</kbd> or <kbd>+5</kbd>. <kbd>Enter</kbd> and <kbd>Tab</kbd> go
              on, <kbd>Ctrl</kbd> <kbd>D</kbd> fills down, <kbd>Ctrl</kbd> <kbd>V</kbd> pastes from a spreadsheet, by
              SKU where a column has them, <kbd>Space</kbd> takes a row out, <kbd>Delete</kbd> goes back to the rules.
            </>
          )}
        </p>
        <p className={styles.said} aria-live="polite">
          {said}
        </p>
        <DataGrid
          label="Products and their new prices"
          describedBy="grid-help"
          pages={pages}
          columns={shown}
          actions={actions}
          stale={stale}
          sorting={{ column: sorting?.column, direction: sorting?.direction ?? 'asc', sortBy }}
          onOpen={setTyping}
          rowTone={(row) => (removed.has(row.productId) ? 'out' : undefined)}
        />
      </Stack>
      <PreviewForm
        draft={draft}
        chosen={pages.total === undefined || stale ? undefined : chosen}
        editId={editId}
        onReason={(reason) => dispatch({ kind: 'reason', reason })}
      />
    </EditorContext>
  )
}
