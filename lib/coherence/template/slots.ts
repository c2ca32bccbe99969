/**
 * Declares the slots of an application: the places of a page whose text follows from a row with a payload, such as a price. A page
 * is rendered with placeholders in these places, cut into a template, and filled for each set of versions.
 */

/** The value of a slot. undefined: nothing; in HTML the element around it goes as well. */
export type SlotValue = string | number | null | undefined

/** One value that pages show of a row. */
export interface Leaf {
  /** A resource kind with a payload; undefined: the value follows from no row. */
  readonly kind: string | undefined
  /** Whether pages take it as a number. */
  readonly numeric?: true
  /** Whether it may be undefined. */
  readonly optional?: true
  /**
   * @param rows what the reader of the kind made of the payloads, in the order in which the page named them
   * @param argument what the page said besides, such as a language
   */
  readonly value: (rows: readonly object[], argument: string) => SlotValue
}

export interface SlotPort {
  /** Known to the servers alone: it keeps a text that a page shows from looking like a placeholder. */
  readonly secret: string
  /** By resource kind: makes of a payload and the id of its row what the leaves take; undefined when it is not one of that version. */
  readonly kinds: Readonly<Record<string, (payload: string, version: number, id: number) => object | undefined>>
  readonly leaves: Readonly<Record<string, Leaf>>
}
