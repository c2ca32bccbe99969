'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import {
  type BulkEditView,
  type PreviewRow,
  ROW_WARNINGS,
  type RowState,
  type RowWarning,
} from '#lib/pricing/bulk/contract.ts'
import type { ScheduleView } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { Button, ButtonLink } from '../../../../_ui/Button.tsx'
import { Field, SelectField } from '../../../../_ui/Field.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import type { Block, Position } from '../_grid/cellSelection.ts'
import { DataGrid } from '../_grid/DataGrid.tsx'
import { useRowPages } from '../_grid/useRowPages.ts'
import { adminApi, ask, valueOf } from '../../../_lib/adminApi.ts'
import { useNarrow } from '../_lib/useNarrow.ts'
import { previewColumns } from './previewColumns.tsx'
import styles from './edit.module.css'
import { LEFT, ROW_STATE_WORDS, rows, WARNING_WORDS } from './states.ts'
import { canRetry, ChosenRows, useRetryRows } from './useRetryRows.tsx'
import { Stack } from '../../../_components/Layout.tsx'

const PAGE_ROWS = 200
const STATES: readonly RowState[] = ['pending', 'applied', 'conflict', 'skipped', 'refused']

/** Columns by which the server sorts. */
const SORTS = { percent: 'change', margin: 'margin' } as const

interface Sorting {
  readonly column: keyof typeof SORTS
  readonly direction: 'asc' | 'desc'
}

/** Up, down, and as the edit has them. */
function nextSorting(before: Sorting | undefined, column: string): Sorting | undefined {
  if (column !== 'percent' && column !== 'margin') return before
  if (before?.column !== column) return { column, direction: 'asc' }
  return before.direction === 'asc' ? { column, direction: 'desc' } : undefined
}

interface Filter {
  readonly state?: RowState | undefined
  readonly warning?: RowWarning | undefined
  readonly text: string
}

function toneOf({ state }: PreviewRow): 'out' | 'danger' | undefined {
  if (state === 'refused' || state === 'conflict') return 'danger'
  return state === 'skipped' ? 'out' : undefined
}

/** The number of rows with this warning, if the preview has counted them. */
function countOf({ summary }: BulkEditView, warning: RowWarning): string {
  const rows =
    warning === 'below-floor' ? summary?.belowFloor : summary?.doubts.find(({ doubt }) => doubt === warning)?.rows
  return rows ? ` (${rows.toLocaleString('en')})` : ''
}

/** Every row of an edit: old price, new price, state and warnings. */
export function PreviewRows({
  edit,
  sale,
  mayRetry,
}: {
  edit: BulkEditView
  /** The schedule of an edit that it ends. */
  sale: ScheduleView | null
  mayRetry: boolean
}) {
  const [filter, setFilter] = useState<Filter>({ text: '' })
  const [sorting, setSorting] = useState<Sorting>()
  const narrow = useNarrow()
  const router = useRouter()
  const ended = edit.state === 'cancelled' || edit.state === 'failed'
  const { conflicts, refused } = edit.progress
  const retries = mayRetry && (ended || (edit.state === 'applied' && conflicts + refused > 0))
  const { chosen, toggle, retry, busy, refusal } = useRetryRows(edit, sale)
  const load = useCallback(
    (page: number, signal: AbortSignal) => {
      const { state, warning, text } = filter
      const query = {
        offset: (page - 1) * PAGE_ROWS,
        limit: PAGE_ROWS,
        ...(sorting && { sort: SORTS[sorting.column], direction: sorting.direction }),
        ...(state && { state }),
        ...(warning && { warning }),
        ...(text !== '' && { text }),
      }
      return valueOf(
        ask(adminApi['bulk-edits'][':id'].rows.$get({ param: { id: edit.id }, query }, { init: { signal } })),
      )
    },
    [edit.id, filter, sorting],
  )
  const pages = useRowPages(load, PAGE_ROWS)
  const open = ({ row }: Position) => {
    const product = pages.row(row)
    if (product) router.push(`/admin/products/${product.productId}`)
  }
  const toggleRows = ({ top, bottom }: Block) => {
    const block = Array.from({ length: bottom - top + 1 }, (_, i) => pages.row(top + i))
    toggle(block.flatMap((row) => (row && canRetry(row, edit) ? row.productId : [])))
  }
  return (
    <Stack as="section" gap={3} aria-label="Rows">
      <div className={styles.filters}>
        <Field
          id="row-text"
          label="Find"
          type="search"
          placeholder="Name or SKU"
          value={filter.text}
          onChange={(event) => setFilter({ ...filter, text: event.target.value })}
        />
        <SelectField
          id="row-state"
          label="State"
          value={filter.state ?? ''}
          onChange={(event) => setFilter({ ...filter, state: STATES.find((one) => one === event.target.value) })}
        >
          <option value="">All</option>
          {STATES.map((state) => (
            <option key={state} value={state}>
              {ended && state === 'pending' ? LEFT : ROW_STATE_WORDS[state]}
            </option>
          ))}
        </SelectField>
        <SelectField
          id="row-warning"
          label="Warning"
          value={filter.warning ?? ''}
          onChange={(event) =>
            setFilter({ ...filter, warning: ROW_WARNINGS.find((one) => one === event.target.value) })
          }
        >
          <option value="">Any or none</option>
          {ROW_WARNINGS.map((warning) => (
            <option key={warning} value={warning}>
              {WARNING_WORDS[warning]}
              {countOf(edit, warning)}
            </option>
          ))}
        </SelectField>
        <p className={styles.rowCount} aria-live="polite">
          {pages.total === undefined ? '' : `${pages.total.toLocaleString('en')} ${pages.total === 1 ? 'row' : 'rows'}`}
        </p>
        <ButtonLink
          variant="secondary"
          size="sm"
          className={styles.export}
          href={`/api/admin/bulk-edits/${edit.id}/rows.csv`}
        >
          Export as CSV
        </ButtonLink>
      </div>
      <p id="rows-help" className="visually-hidden">
        Enter opens the product of a row.{retries ? ' Space chooses a row for another try.' : ''}
      </p>
      {retries && chosen.size > 0 ? (
        <div>
          <Button variant="secondary" size="sm" onClick={() => void retry()} disabled={busy}>
            {busy ? 'Preparing…' : `Retry ${rows(chosen.size, 'row')}…`}
          </Button>
        </div>
      ) : null}
      {refusal ? (
        <Notice tone="danger" role="alert">
          {refusal.message}
        </Notice>
      ) : null}
      <ChosenRows value={{ chosen, toggle }}>
        <DataGrid
          label="Rows of this edit"
          describedBy="rows-help"
          pages={pages}
          columns={previewColumns({ narrow, ended, retries: retries ? edit.state : undefined })}
          actions={{ open, ...(retries && { toggle: toggleRows }) }}
          rowTone={toneOf}
          sorting={{
            column: sorting?.column,
            direction: sorting?.direction ?? 'asc',
            sortBy: (column) => setSorting((before) => nextSorting(before, column)),
          }}
        />
      </ChosenRows>
    </Stack>
  )
}
