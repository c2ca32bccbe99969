/** The meaning of a key in the grid. Pure, so that the table of keys below is all there is to know. */
import type { Move } from './cellSelection.ts'

export interface Key {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
  /** An input method is composing a character: its keys are its own. */
  readonly isComposing?: boolean
}

export type GridCommand =
  | { readonly kind: 'move'; readonly move: Move; readonly extend: boolean }
  /** Opens the cell; with `text` in place of its text when a character key opens it. */
  | { readonly kind: 'edit'; readonly text?: string }
  | { readonly kind: 'commit'; readonly move: Move | undefined }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'fill-down' }
  | { readonly kind: 'toggle' }
  | { readonly kind: 'select-all' }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }

const MOVES: Readonly<Record<string, Move>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  PageUp: 'page-up',
  PageDown: 'page-down',
  Home: 'row-start',
  End: 'row-end',
}

/** The same keys with Ctrl, or with the command key of a Mac. */
const FAR: Readonly<Record<string, Move>> = {
  ArrowUp: 'column-start',
  ArrowDown: 'column-end',
  ArrowLeft: 'row-start',
  ArrowRight: 'row-end',
  Home: 'first',
  End: 'last',
}

function withControl({ key, shiftKey }: Key): GridCommand | undefined {
  const far = FAR[key]
  if (far) return { kind: 'move', move: far, extend: shiftKey }
  switch (key.toLowerCase()) {
    case 'z':
      return { kind: shiftKey ? 'redo' : 'undo' }
    case 'y':
      return { kind: 'redo' }
    case 'd':
      return { kind: 'fill-down' }
    case 'a':
      return { kind: 'select-all' }
    default:
      return undefined // copy, cut and paste come as events of the clipboard
  }
}

/** @returns undefined for a key that is the browser's own */
export function commandOf(key: Key): GridCommand | undefined {
  if (key.isComposing || key.altKey) return undefined
  if (key.ctrlKey || key.metaKey) return withControl(key)
  const move = MOVES[key.key]
  if (move) return { kind: 'move', move, extend: key.shiftKey }
  switch (key.key) {
    case 'Enter':
      return key.shiftKey ? { kind: 'move', move: 'up', extend: false } : { kind: 'edit' }
    case 'F2':
      return { kind: 'edit' }
    case 'Delete':
    case 'Backspace':
      return { kind: 'clear' }
    case ' ':
      return { kind: 'toggle' }
    default:
      return [...key.key].length === 1 ? { kind: 'edit', text: key.key } : undefined
  }
}

/** The keys of a cell that is open. All others write into it. */
export function editingCommandOf(key: Key): GridCommand | undefined {
  if (key.isComposing) return undefined
  switch (key.key) {
    case 'Enter':
      return { kind: 'commit', move: key.shiftKey ? 'up' : 'down' }
    case 'Tab':
      return { kind: 'commit', move: key.shiftKey ? 'previous' : 'next' }
    case 'Escape':
      return { kind: 'cancel' }
    case 'ArrowUp':
      return { kind: 'commit', move: 'up' }
    case 'ArrowDown':
      return { kind: 'commit', move: 'down' }
    default:
      return undefined
  }
}
