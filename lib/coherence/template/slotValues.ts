/** The values of slots, from the payloads that the index has. */
import { LRUCache } from 'lru-cache'
import { keptFor } from '../protocol/sharedTexts.ts'
import type { TagState } from '../protocol/tagState.ts'
import { parseTag } from '../tags.ts'
import type { SlotPort, SlotValue } from './slots.ts'

type States = ReadonlyMap<string, Pick<TagState, 'version' | 'payload'>>

/** The values of a row, by the texts of their names. */
type Values = Map<string, SlotValue>

/** Says which value of a row, or of several, a slot shows. */
export interface ValueName {
  readonly leaf: string
  readonly argument: string
  /** `{leaf} {argument}` */
  readonly text: string
}

/** @param text of the name */
export const valueNamed = keptFor((text): ValueName => {
  const end = text.indexOf(' ')
  return { leaf: text.slice(0, end), argument: text.slice(end + 1), text }
})

/** The values of one set of versions. */
export interface Filling {
  /** @param tags that the value follows from: of a list that is filled again and again, the same object each time */
  value(tags: readonly string[], name: ValueName): SlotValue
}

/** One version of a row. */
export interface Row {
  readonly version: number
  readonly payload: string
  /** What the application made of the payload. */
  readonly read: object
  /** Of slots that follow from this row alone: all pages that show it say the same. */
  readonly values: Values
}

/** By tag. */
export type Rows = ReadonlyMap<string, Row>

/** Payloads that are kept as objects, each with the values that were made from it: 4 kB in seven languages. */
const KEPT_ROWS = 5_000

export class SlotValues {
  readonly #port: SlotPort
  /** The newest of each tag. */
  readonly #rows = new LRUCache<string, Row>({ max: KEPT_ROWS })

  constructor(port: SlotPort) {
    this.#port = port
  }

  /**
   * @param before rows of the same tags, of earlier states. One is taken over where its state is the same object, without a look for it
   * @returns undefined when the state of a tag has no payload: then nothing is known to fill in
   */
  rows(
    tags: Iterable<string>,
    states: States,
    before?: { readonly rows: Rows; readonly states: States },
  ): Rows | undefined {
    const rows = new Map(before?.rows)
    for (const name of tags) {
      const state = states.get(name)
      if (before && before.states.get(name) === state) continue
      const row = state?.payload === undefined ? undefined : this.#row(name, state.version, state.payload)
      if (!row) return undefined
      rows.set(name, row)
    }
    return rows
  }

  filling(rows: Rows): Filling {
    // Values of slots that follow from several rows: a page says them more than once.
    const own = new Map<readonly string[], Values>()
    return { value: (tags, name) => this.#value(tags, name, rows, own) }
  }

  #value(tags: readonly string[], name: ValueName, rows: Rows, own: Map<readonly string[], Values>): SlotValue {
    let values = tags.length === 1 ? valuesOf(tags[0], name, rows) : own.get(tags)
    if (!values) own.set(tags, (values = new Map()))
    let value = values.get(name.text)
    if (value === undefined && !values.has(name.text)) values.set(name.text, (value = this.#make(tags, name, rows)))
    return value
  }

  #make(tags: readonly string[], { leaf, argument }: ValueName, rows: Rows): SlotValue {
    const found = this.#port.leaves[leaf]
    if (!found) throw new Error(`no leaf ${leaf}`)
    return found.value(
      tags.flatMap((name) => rows.get(name)?.read ?? []),
      argument,
    )
  }

  #row(name: string, version: number, payload: string): Row | undefined {
    const known = this.#rows.get(name)
    if (known?.version === version && known.payload === payload) return known
    const { kind = '', id = 0 } = parseTag(name) ?? {}
    const read = this.#port.kinds[kind]?.(payload, version, id)
    if (!read) return undefined
    const row: Row = { version, payload, read, values: new Map() }
    this.#rows.set(name, row)
    return row
  }
}

function valuesOf(tag = '', { leaf }: ValueName, rows: Rows): Values {
  const row = rows.get(tag)
  if (!row) throw new Error(`no row fills ${leaf} of ${tag}`)
  return row.values
}
