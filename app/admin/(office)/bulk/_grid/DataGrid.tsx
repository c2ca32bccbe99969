'use client'

import { useTable } from '@tanstack/react-table'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, useEffect, useId, useRef } from 'react'
import { Button } from '../../../../_ui/Button.tsx'
import styles from './DataGrid.module.css'
import { type GridActions } from './gridActions.ts'
import { GridRow } from './GridRow.tsx'
import { type GridColumn, gridFeatures, type Slot } from './gridTable.ts'
import type { RowPages } from './rowPages.ts'
import { useGridKeyboard } from './useGridKeyboard.ts'

const ROW_HEIGHT = 48
const HEADER_HEIGHT = 40

interface Props<Row> {
  readonly label: string
  readonly describedBy?: string
  readonly pages: RowPages<Row>
  /** Stable: defined once, at the top of a file. */
  readonly columns: GridColumn<Row>[]
  readonly actions: GridActions
  readonly rowTone?: (row: Row) => 'out' | 'danger' | undefined
  /** The rows are those of what was asked before: others are on their way. */
  readonly stale?: boolean
  /** By which column the rows are sorted, and what a press on the head of a column does. */
  readonly sorting?: GridSorting
  readonly onOpen?: (open: boolean) => void
}

interface GridSorting {
  /** Id of a column. */
  readonly column: string | undefined
  readonly direction: 'asc' | 'desc'
  readonly sortBy: (column: string) => void
}

/**
 * A grid of any length: the rows on screen are in the page, the others are not, and are fetched when they come near.
 * It is one stop of the Tab key; inside, the arrow keys move (the grid pattern of ARIA).
 */
export function DataGrid<Row>({
  label,
  describedBy,
  pages,
  columns,
  actions,
  rowTone,
  stale = false,
  sorting,
  onOpen,
}: Props<Row>) {
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const total = pages.total ?? 0
  const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 480) / ROW_HEIGHT) - 2)
  const waiting = (stale || pages.total === undefined) && !pages.failed
  const keyboard = useGridKeyboard({
    size: { rows: total, columns: columns.length },
    pageRows,
    actions,
    waiting,
    comes: (row) => row < total && pages.row(row) === undefined && !pages.failed,
  })
  const { row: focusRow, column: focusColumn } = keyboard.selection.focus
  // oxlint-disable-next-line react/incompatible-library -- the virtualizer tells by itself when it has moved
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollPaddingStart: HEADER_HEIGHT,
    paddingStart: 0,
    // The row with the focus stays while the grid scrolls: a cell that is open in it keeps what was typed.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), focusRow])].toSorted((a, b) => a - b),
  })
  const items = virtualizer.getVirtualItems().filter(({ index }) => index < total)
  const data: Slot<Row>[] = items.map(({ index }) => ({ index, row: pages.row(index) }))
  const table = useTable({ features: gridFeatures, columns, data, getRowId: ({ index }) => String(index) })
  const shown = table.getAllLeafColumns()
  const cellId = (row: number, column: number) => `${id}-${row}-${column}`
  const focusId = cellId(focusRow, focusColumn)
  const { startIndex: first, endIndex: last } = virtualizer.range ?? {}
  const { moves } = keyboard
  const closed = keyboard.open === undefined

  useEffect(() => onOpen?.(!closed), [onOpen, closed])

  useEffect(() => {
    if (first !== undefined && last !== undefined) pages.want(first, last)
  }, [pages, first, last])

  // Only a key brings the focus into sight: a page that has just come, or another filter, must not jump down to the grid.
  const followed = useRef(moves)
  useEffect(() => {
    if (total === 0 || followed.current === moves) return
    followed.current = moves
    virtualizer.scrollToIndex(focusRow, { align: 'auto' })
    document.getElementById(focusId)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [virtualizer, focusRow, focusId, total, moves])

  // The keys go to the grid again when a cell closes.
  const wasOpen = useRef(false)
  useEffect(() => {
    if (closed && wasOpen.current) scroller.current?.focus({ preventScroll: true })
    wasOpen.current = !closed
  }, [closed])

  const template = shown.map((column) => `minmax(${column.getSize()}px, ${column.getSize()}fr)`).join(' ')
  // Each row is a grid of its own: only a width that does not follow from what is in it keeps their columns in line.
  const rowWidth = shown.reduce((sum, column) => sum + column.getSize(), 0)
  const layout: CSSProperties & Record<'--columns' | '--row-width', string> = {
    '--columns': template,
    '--row-width': `${rowWidth}px`,
  }
  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-describedby={describedBy}
      aria-rowcount={total + 1}
      aria-colcount={shown.length}
      aria-multiselectable="true"
      aria-busy={waiting ? true : undefined}
      aria-activedescendant={total > 0 && closed ? focusId : undefined}
      className={styles.grid}
      style={layout}
      {...keyboard.events}
    >
      <div role="rowgroup" className={styles.head}>
        {table.getHeaderGroups().map((group) => (
          <div key={group.id} role="row" aria-rowindex={1} className={styles.row}>
            {group.headers.map((header, column) => {
              const { numeric, label: words, sortable } = header.column.columnDef.meta ?? {}
              const sorted = sorting?.column === header.column.id ? sorting.direction : undefined
              return (
                <div
                  key={header.id}
                  role="columnheader"
                  aria-colindex={column + 1}
                  aria-label={words}
                  className={styles.header}
                  data-numeric={numeric}
                  aria-sort={sorted && (sorted === 'asc' ? 'ascending' : 'descending')}
                >
                  {sorting && sortable ? (
                    <button type="button" className={styles.sort} onClick={() => sorting.sortBy(header.column.id)}>
                      <table.FlexRender header={header} />
                      <span aria-hidden="true">{sorted === 'asc' ? ' ↑' : sorted === 'desc' ? ' ↓' : ''}</span>
                    </button>
                  ) : (
                    <table.FlexRender header={header} />
                  )}
                </div>
              )
            })}
          </div>
        ))}
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: virtualizer.getTotalSize() }}>
        {table.getRowModel().rows.map((row, i) => (
          <GridRow
            key={row.id}
            index={row.original.index}
            top={items[i]?.start ?? 0}
            row={row}
            tone={row.original.row && rowTone?.(row.original.row)}
            keyboard={keyboard}
            cellId={cellId}
            FlexRender={table.FlexRender}
          />
        ))}
      </div>
      {pages.failed || total > 0 ? null : (
        <p className={styles.nothing}>{pages.total === undefined ? 'Loading the rows…' : 'No row matches.'}</p>
      )}
      {pages.failed ? (
        <div className={styles.failed} role="alert">
          Some rows could not be loaded.{' '}
          <Button variant="secondary" size="sm" onClick={() => pages.retry()}>
            Try again
          </Button>
        </div>
      ) : null}
    </div>
  )
}
