import { useLayoutEffect, useRef } from 'react'
import styles from './DataGrid.module.css'
import type { OpenCell } from './useGridKeyboard.ts'

interface Props {
  readonly cell: OpenCell
  readonly label: string
  readonly onType: (text: string) => void
  /** The focus goes elsewhere: what was typed is kept when it is an amount. */
  readonly onLeave: () => void
}

/** An open cell. */
export function CellInput({ cell, label, onType, onLeave }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const { typed } = cell
  // With the key that opened it, before the next one is pressed.
  useLayoutEffect(() => {
    input.current?.focus({ preventScroll: true })
    if (!typed) input.current?.select()
  }, [typed])
  return (
    <>
      <input
        ref={input}
        className={styles.input}
        aria-label={label}
        aria-invalid={cell.error ? true : undefined}
        inputMode="decimal"
        autoComplete="off"
        value={cell.text}
        onChange={(event) => onType(event.target.value)}
        onBlur={onLeave}
      />
      {cell.error ? (
        <span role="alert" className={styles.problem}>
          {cell.error}
        </span>
      ) : null}
    </>
  )
}
