/** Steps that can be undone, and steps that can be done again. The oldest is forgotten when it is full. */

export interface UndoStack<Command> {
  readonly done: readonly Command[]
  readonly undone: readonly Command[]
}

const UNDO_LIMIT = 200

export function emptyStack<Command>(): UndoStack<Command> {
  return { done: [], undone: [] }
}

/** A new act: what was undone before it cannot be done again. */
export function pushed<Command>(
  { done }: UndoStack<Command>,
  command: Command,
  limit = UNDO_LIMIT,
): UndoStack<Command> {
  return { done: [...done, command].slice(-limit), undone: [] }
}

export interface Step<Command> {
  readonly stack: UndoStack<Command>
  /** To be taken back, or done again. */
  readonly command: Command
}

/** @returns undefined when there is nothing to undo */
export function undone<Command>(stack: UndoStack<Command>): Step<Command> | undefined {
  const command = stack.done.at(-1)
  return command && { command, stack: { done: stack.done.slice(0, -1), undone: [...stack.undone, command] } }
}

/** @returns undefined when there is nothing to do again */
export function redone<Command>(stack: UndoStack<Command>): Step<Command> | undefined {
  const command = stack.undone.at(-1)
  return command && { command, stack: { done: [...stack.done, command], undone: stack.undone.slice(0, -1) } }
}
