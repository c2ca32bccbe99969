import type { Row as TableRow } from '@tanstack/react-table'
import type { MouseEvent } from 'react'
import { blockOf, inBlock } from './cellSelection.ts'
import { CellInput } from './CellInput.tsx'
import styles from './DataGrid.module.css'
import type { gridFeatures, Slot } from './gridTable.ts'
import type { GridKeyboard } from './useGridKeyboard.ts'
import type { ReactTable } from '@tanstack/react-table'

interface Props<Row> {
  readonly index: number
  readonly top: number
  readonly row: TableRow<typeof gridFeatures, Slot<Row>>
  readonly tone: 'out' | 'danger' | undefined
  readonly keyboard: GridKeyboard
  readonly cellId: (row: number, column: number) => string
  readonly FlexRender: ReactTable<typeof gridFeatures, Slot<Row>>['FlexRender']
}

function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('input, button, a') !== null
}

const isTouch = ({ nativeEvent }: MouseEvent) =>
  nativeEvent instanceof PointerEvent && nativeEvent.pointerType === 'touch'

/** One row on screen. A cell is selected by pressing on it, a block by dragging, and opened by pressing twice or by a tap. */
export function GridRow<Row>({ index, top, row, tone, keyboard, cellId, FlexRender }: Props<Row>) {
  const { selection, open } = keyboard
  const block = blockOf(selection)
  const press = (event: MouseEvent, column: number) => {
    if (event.button !== 0 || isControl(event.target)) return
    if (keyboard.commit()) keyboard.select({ row: index, column }, event.shiftKey)
  }
  const drag = (event: MouseEvent, column: number) => {
    if (event.buttons === 1 && !open && !isControl(event.target)) keyboard.select({ row: index, column }, true)
  }
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={styles.row}
      data-tone={tone}
      style={{ transform: `translateY(${top}px)` }}
    >
      {row.getAllCells().map((cell, column) => {
        const { numeric, editable, label } = cell.column.columnDef.meta ?? {}
        const position = { row: index, column }
        const focused = selection.focus.row === index && selection.focus.column === column
        const opened = open?.position.row === index && open.position.column === column ? open : undefined
        return (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid answers the keys
          <div
            key={cell.id}
            id={cellId(index, column)}
            role="gridcell"
            aria-colindex={column + 1}
            aria-selected={inBlock(block, position)}
            aria-readonly={editable ? undefined : true}
            className={styles.cell}
            data-column={cell.column.id}
            data-numeric={numeric}
            data-editable={editable}
            data-focus={focused}
            onMouseDown={(event) => press(event, column)}
            onMouseEnter={(event) => drag(event, column)}
            onClick={(event) => {
              // A cell whose text is refused stays open.
              if (editable && !open && isTouch(event)) keyboard.start(position)
            }}
            onDoubleClick={() => keyboard.start(position)}
          >
            {opened ? (
              <CellInput
                cell={opened}
                label={label ?? cell.column.id}
                onType={keyboard.type}
                onLeave={keyboard.commit}
              />
            ) : row.original.row === undefined ? (
              <span className={styles.waiting} aria-label="Loading" role="img" />
            ) : (
              <FlexRender cell={cell} />
            )}
          </div>
        )
      })}
    </div>
  )
}
