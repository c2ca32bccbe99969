/** The values of slots, from the payloads that the index has. */
import { LRUCache } from 'lru-cache'
import type { TagState } from '../protocol/tagState.ts'
import { parseTag } from '../tags.ts'
import { nameOf, slotText, type Filling, type Slot } from './parts.ts'
import type { SlotPort, SlotValue } from './slots.ts'

type States = ReadonlyMap<string, Pick<TagState, 'version' | 'payload'>>

/** The application's values of payloads, by tag. */
export type Rows = ReadonlyMap<string, object>

/** The values of a row, by the names of slots. */
type Values = Map<string, SlotValue>

interface KeptRow {
  readonly version: number
  readonly payload: string
  readonly row: object
}

/** Payloads that are kept as objects, each with the values that were made from it: 4 kB in seven languages. */
const KEPT_ROWS = 5_000

export class SlotValues {
  readonly #port: SlotPort
  /** The newest of each tag. */
  readonly #rows = new LRUCache<string, KeptRow>({ max: KEPT_ROWS })
  /** Values of slots that follow from one row: all pages that show a product say the same. */
  readonly #memos = new WeakMap<object, Values>()

  constructor(port: SlotPort) {
    this.#port = port
  }

  /**
   * @param before rows that were made of earlier states. A row is taken over where its state is the same object, without a look for it
   * @returns undefined when the state of a tag has no payload: then nothing is known to fill in
   */
  rows(
    tags: Iterable<string>,
    states: States,
    before?: { readonly rows: Rows; readonly states: States },
  ): Rows | undefined {
    const rows = new Map<string, object>()
    for (const name of tags) {
      const state = states.get(name)
      if (state?.payload === undefined) return undefined
      const same = before?.states.get(name) === state ? before?.rows.get(name) : undefined
      const row = same ?? this.#row(name, state.version, state.payload)
      if (!row) return undefined
      rows.set(name, row)
    }
    return rows
  }

  filling(rows: Rows): Filling {
    // Values of slots that follow from several rows: a page says them more than once.
    const own: Values = new Map()
    return {
      value: (slot) => this.#value(slot, rows, own),
      text: (slot, isEmbedded) => slotText(this.#value(slot, rows, own), slot.place, isEmbedded),
    }
  }

  #value(slot: Slot, rows: Rows, own: Values): SlotValue {
    const values = this.#memoOf(slot, rows) ?? own
    const name = slot.name ?? nameOf(slot)
    let value = values.get(name)
    if (value === undefined && !values.has(name)) values.set(name, (value = this.#make(slot, rows)))
    return value
  }

  /** @returns undefined for a slot that follows from several rows, or from none */
  #memoOf({ leaf, tags }: Slot, rows: Rows): Values | undefined {
    const [only] = tags
    if (only === undefined || tags.length > 1) return undefined
    const row = rows.get(only)
    if (!row) throw new Error(`no row fills ${leaf} of ${only}`)
    let memo = this.#memos.get(row)
    if (!memo) this.#memos.set(row, (memo = new Map()))
    return memo
  }

  #make({ leaf, tags, argument }: Slot, rows: Rows): SlotValue {
    const found = this.#port.leaves[leaf]
    if (!found) throw new Error(`no leaf ${leaf}`)
    return found.value(
      tags.flatMap((name) => rows.get(name) ?? []),
      argument,
    )
  }

  #row(name: string, version: number, payload: string): object | undefined {
    const known = this.#rows.get(name)
    if (known?.version === version && known.payload === payload) return known.row
    const { kind = '', id = 0 } = parseTag(name) ?? {}
    const row = this.#port.kinds[kind]?.(payload, version, id)
    if (row) this.#rows.set(name, { version, payload, row })
    return row
  }
}
