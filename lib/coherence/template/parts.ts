/** A template: bytes that stay, and the slots between them. It can be serialised; `fill` makes bytes of it. */
import type { SlotValue } from './slots.ts'
import type { Placeholder } from './placeholders.ts'

/**
 * The place of a slot, which decides the form of its value: in HTML, in a `<script>` of HTML, as a JSON value of its own (quotes
 * included), within a JSON string, at the beginning of one, or in plain text.
 */
export type Place = 'html' | 'script' | 'value' | 'string' | 'stringStart' | 'plain'

export interface Slot extends Placeholder {
  readonly place: Place
  /** As `nameOf` makes it, of a slot that is filled again and again. */
  readonly name?: string
}

/** The name of its value, with the tags where that follows from several rows: a page may have two of the kind. */
export function nameOf({ leaf, tags, argument }: Placeholder): string {
  return tags.length === 1 ? `${leaf} ${argument}` : `${leaf} ${argument} ${tags.join()}`
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

/** The values of one set of versions. */
export interface Filling {
  value(slot: Slot): SlotValue
  /** As `slotText` writes it. */
  text(slot: Slot, isEmbedded: boolean): string
}

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
  const text = textIn(place, value)
  return isEmbedded ? embeddedText(text) : text
}

class Output {
  readonly chunks: Uint8Array[] = []
  length = 0

  add(bytes: Uint8Array): void {
    this.chunks.push(bytes)
    this.length += bytes.byteLength
  }
}

function write(parts: readonly Part[], filling: Filling, out: Output, isEmbedded: boolean): void {
  for (const part of parts) {
    if (part instanceof Uint8Array) out.add(part)
    else if ('leaf' in part) out.add(Buffer.from(filling.text(part, isEmbedded)))
    else if ('when' in part) {
      if (part.when.every((slot) => filling.value(slot) !== undefined)) write(part.parts, filling, out, isEmbedded)
    } else if ('embedded' in part) write(part.embedded, filling, out, true)
    else writeCounted(part, filling, out, isEmbedded)
  }
}

/** The number is that of the bytes as React reads them, before they are embedded. */
function writeCounted({ counted }: Counted, filling: Filling, out: Output, isEmbedded: boolean): void {
  const plain = new Output()
  write(counted, filling, plain, false)
  out.add(Buffer.from(`${plain.length.toString(16)},`))
  if (isEmbedded) out.add(Buffer.from(embeddedText(Buffer.concat(plain.chunks).toString())))
  else for (const chunk of plain.chunks) out.add(chunk)
}

/** The bytes of one part with these values. @param isEmbedded whether it stands in the string of a script */
export function partBytes(part: Part, filling: Filling, isEmbedded: boolean): Uint8Array {
  const out = new Output()
  write([part], filling, out, isEmbedded)
  const [only = Buffer.alloc(0)] = out.chunks
  return out.chunks.length > 1 ? Buffer.concat(out.chunks, out.length) : only
}

/** The bytes of a template with these values. */
export function fill(parts: readonly Part[], filling: Filling): Buffer {
  const out = new Output()
  write(parts, filling, out, false)
  return Buffer.concat(out.chunks, out.length)
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
