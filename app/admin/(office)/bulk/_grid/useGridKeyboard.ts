'use client'

import { type ClipboardEvent, type KeyboardEvent, useState } from 'react'
import {
  at,
  type Block,
  blockOf,
  type CellSelection,
  fitted,
  type GridSize,
  type Move,
  moved,
  type Position,
} from './cellSelection.ts'
import type { GridActions } from './gridActions.ts'
import { commandOf, editingCommandOf, type GridCommand } from './gridKeys.ts'
import { useKeyQueue } from './useKeyQueue.ts'

export interface OpenCell {
  readonly position: Position
  readonly text: string
  readonly error: string | undefined
  /** Opened by typing: the text is what was typed, and nothing of it is selected. */
  readonly typed: boolean
}

interface Options {
  readonly size: GridSize
  readonly pageRows: number
  readonly actions: GridActions
  /** Whether another list is on its way: keys wait for it. */
  readonly waiting: boolean
  /** Whether this row is on its way: what is typed waits for it. */
  readonly comes: (row: number) => boolean
}

/** The selection, the open cell, and what keys and clipboard do to them. */
export function useGridKeyboard({ size, pageRows, actions, waiting, comes }: Options) {
  const [chosen, setChosen] = useState<CellSelection>(at(0, 0))
  const [open, setOpen] = useState<OpenCell>()
  const [moves, setMoves] = useState(0)
  const selection = fitted(chosen, size)

  function start(position: Position, typed?: string): void {
    const text = actions.editText?.(position)
    if (text === undefined) {
      if (typed === undefined) actions.open?.(position)
      return
    }
    // A second key can come before the first one's cell is drawn: no digit of a price may be lost.
    setOpen((cell) => ({
      position,
      text: typed === undefined ? text : `${cell?.text ?? ''}${typed}`,
      error: undefined,
      typed: typed !== undefined,
    }))
  }

  function move(step: Move, extend = false): void {
    setChosen(moved(selection, step, size, { extend, pageRows }))
    setMoves((count) => count + 1)
  }

  /** To the next cell that can be edited, in this row or the next: what is in between is only read. */
  function moveToEditable(step: 'next' | 'previous'): void {
    let next = moved(selection, step, size)
    for (let tries = 0; tries < size.columns && actions.editText?.(next.focus) === undefined; tries++)
      next = moved(next, step, size)
    setChosen(next)
    setMoves((count) => count + 1)
  }

  /** @returns false when the text is refused: then the cell stays open */
  function commit(): boolean {
    if (!open) return true
    const error = actions.commit?.(open.position, open.text)
    setOpen(error === undefined ? undefined : { ...open, error })
    return error === undefined
  }

  function run(command: GridCommand): void {
    const block: Block = blockOf(selection)
    switch (command.kind) {
      case 'move':
        return move(command.move, command.extend)
      case 'edit':
        return start(selection.focus, command.text)
      case 'commit':
        if (!commit() || !command.move) return
        return command.move === 'next' || command.move === 'previous'
          ? moveToEditable(command.move)
          : move(command.move)
      case 'cancel':
        return setOpen(undefined)
      case 'clear':
        return actions.clear?.(block)
      case 'fill-down':
        return actions.fillDown?.(block)
      case 'toggle':
        return actions.toggle?.(block)
      case 'select-all':
        return setChosen({ anchor: { row: 0, column: 0 }, focus: { row: size.rows - 1, column: size.columns - 1 } })
      case 'undo':
        return actions.undo?.()
      case 'redo':
        return actions.redo?.()
    }
  }

  const rowComes = comes(selection.focus.row)
  const queue = useKeyQueue((waiting || rowComes) && !open, (key) => {
    const command = open ? editingCommandOf(key) : commandOf(key)
    if (command) return run(command)
    // Into the open cell, as the browser would have written it.
    if (key.key === 'Backspace') setOpen((cell) => cell && { ...cell, text: cell.text.slice(0, -1) })
    else if ([...key.key].length === 1) setOpen((cell) => cell && { ...cell, text: cell.text + key.key })
  })

  function onKeyDown(event: KeyboardEvent): void {
    // A checkbox and the button of a column answer their own keys.
    if (event.target instanceof HTMLButtonElement || (event.target instanceof HTMLInputElement && !open)) return
    const { ctrlKey, metaKey, shiftKey, altKey } = event
    const key = { key: event.key, ctrlKey, metaKey, shiftKey, altKey, isComposing: event.nativeEvent.isComposing }
    const command = (open ? editingCommandOf : commandOf)(key)
    if (!command) return
    event.preventDefault()
    event.stopPropagation()
    if (command.kind === 'cancel') queue.drop()
    if (!queue.keep(key, !open && (waiting || (rowComes && command.kind === 'edit')))) run(command)
  }

  function onCopy(event: ClipboardEvent): void {
    if (open) return
    const text = actions.copy?.(blockOf(selection))
    if (text === undefined) return
    event.preventDefault()
    event.clipboardData.setData('text/plain', text)
  }

  function onPaste(event: ClipboardEvent): void {
    const text = event.clipboardData.getData('text/plain')
    if (open || !actions.paste || text === '') return
    event.preventDefault()
    actions.paste(blockOf(selection), text)
  }

  return {
    selection,
    /** Grows with each key that moves: also with one that leads to where the focus is, out of sight perhaps. */
    moves,
    open,
    start,
    type: (text: string) => setOpen((cell) => cell && { ...cell, text, error: undefined }),
    commit,
    select: (position: Position, extend: boolean) =>
      setChosen((before) =>
        extend ? { anchor: before.anchor, focus: position } : { anchor: position, focus: position },
      ),
    events: { onKeyDown, onCopy, onPaste },
  }
}

export type GridKeyboard = ReturnType<typeof useGridKeyboard>
