/** A template as it is cut: bytes that stay, and the slots between them. It is kept as a `FlatTemplate`. */
import type { SlotValue } from './slots.ts'
import type { Placeholder } from './placeholders.ts'

/**
 * The place of a slot, which decides the form of its value: in HTML, in a `<script>` of HTML, as a JSON value of its own (quotes
 * included), within a JSON string, at the beginning of one, or in plain text.
 */
export type Place = 'html' | 'script' | 'value' | 'string' | 'stringStart' | 'plain'

export interface Slot extends Placeholder {
  readonly place: Place
}

/** A part of HTML that goes when one of `when` has no value. */
interface Optional {
  readonly when: readonly Slot[]
  readonly parts: readonly Part[]
}

/** A row of React's that begins with the number of its bytes: `{length},{bytes}`. */
interface Counted {
  readonly counted: readonly Part[]
}

/** Text that stands in a string of a script: `self.__next_f.push([1,"…"])`. */
interface Embedded {
  readonly embedded: readonly Part[]
}

export type Part = Uint8Array | Slot | Optional | Counted | Embedded

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
}
const NEEDS_HTML = /["&'<>]/g
/** As Next does: @see next/dist/server/htmlescape.js */
const NEEDS_SCRIPT = /[&><\u2028\u2029]/g
const unicode = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`

const inString = (text: string) => JSON.stringify(text).slice(1, -1)

/** What `embeddedText` writes in another way; most amounts and versions have none of it. */
const NEEDS_EMBEDDING = /["\\&><\p{Cc}\p{Cs}\u2028\u2029]/u

/** As a text stands in the string of a script that Next writes. */
export function embeddedText(text: string): string {
  return NEEDS_EMBEDDING.test(text) ? inString(text).replace(NEEDS_SCRIPT, unicode) : text
}

/** @see React's `escapeStringValue`: `$` begins a reference. */
const withoutReference = (text: string) => (text.startsWith('$') ? `$${text}` : text)

/** A value as it stands in its place, before the place is embedded in a script. */
function textIn(place: Place, value: SlotValue): string {
  switch (place) {
    case 'html':
      return String(value ?? '').replace(NEEDS_HTML, (c) => HTML_ESCAPES[c] ?? c)
    case 'script':
      return String(value ?? '').replace(NEEDS_SCRIPT, unicode)
    case 'value':
      if (value === undefined) return '"$undefined"'
      return JSON.stringify(typeof value === 'string' ? withoutReference(value) : value)
    case 'string':
      return inString(String(value ?? ''))
    case 'stringStart':
      return inString(withoutReference(String(value ?? '')))
    case 'plain':
      return String(value ?? '')
    default:
      return place satisfies never
  }
}

/** The value of a slot. @param isEmbedded whether it stands in the string of a script */
export function slotText(value: SlotValue, place: Place, isEmbedded: boolean): string {
  if (Number.isFinite(value)) return String(value) // the same in each place
  const text = textIn(place, value)
  return isEmbedded ? embeddedText(text) : text
}

/** Every slot of a template. */
export function* slotsIn(parts: readonly Part[]): Generator<Slot> {
  for (const part of parts) {
    if (part instanceof Uint8Array) continue
    if ('leaf' in part) yield part
    else if ('when' in part) yield* [...part.when, ...slotsIn(part.parts)]
    else yield* slotsIn('embedded' in part ? part.embedded : part.counted)
  }
}
