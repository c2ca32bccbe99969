/**
 * Cuts the data that React sends to the client router ("flight") at its placeholders. It consists of rows: `{id}:{JSON}\n`, or
 * `{id}:T{bytes as hex},{text}` for a long text, which has no end mark but its length.
 * @see react-server-dom-webpack, `processBinaryChunk` of the client
 */
import type { FoundPlaceholder, Placeholders } from './placeholders.ts'
import type { Part, Place, Slot } from './parts.ts'
import { TemplateRefused } from './refused.ts'

/** Rows of bytes: texts, typed arrays, chunks of streams. */
const COUNTED_ROW = /^([0-9a-f]*:)([TAOoUSsLlGgMmVb])([0-9a-f]+),/
/** The bytes that Next puts before the first row of some answers. */
const MARK = /^[#~]/
const STRING = /"(?:[^"\\]|\\.)*"/g
/** `a` of the first row is a promise of how many bytes belong to the shell; the row that keeps it says the number. */
const SHELL_LENGTH_REFERENCE = /(?:^[#~]?|\n)0:\{.*?"a":"\$@([0-9a-f]+)"/s

function slotOf({ leaf, tags, argument }: FoundPlaceholder, place: Place): Slot {
  return { leaf, tags, argument, place }
}

/** @param text the data as latin1, so that positions are those of bytes */
function cutRange(
  bytes: Buffer,
  from: number,
  to: number,
  found: readonly FoundPlaceholder[],
  placeOf: (placeholder: FoundPlaceholder) => { place: Place; quoted: boolean },
): Part[] {
  const parts: Part[] = []
  let at = from
  for (const placeholder of found) {
    const { place, quoted } = placeOf(placeholder)
    const [start, end] = quoted ? [placeholder.start - 1, placeholder.end + 1] : [placeholder.start, placeholder.end]
    if (start > at) parts.push(bytes.subarray(at, start))
    parts.push(slotOf(placeholder, place))
    at = end
  }
  if (at < to) parts.push(bytes.subarray(at, to))
  return parts
}

/** The form of each placeholder of a JSON row. */
function placesIn(row: string, offset: number): (placeholder: FoundPlaceholder) => { place: Place; quoted: boolean } {
  const strings = Array.from(row.matchAll(STRING), ({ 0: text, index }) => ({
    start: offset + index,
    end: offset + index + text.length,
  }))
  return ({ start, end }) => {
    const string = strings.find((one) => one.start < start && end < one.end)
    if (!string) return { place: 'value', quoted: false }
    if (string.start !== start - 1) return { place: 'string', quoted: false }
    return string.end === end + 1 ? { place: 'value', quoted: true } : { place: 'stringStart', quoted: false }
  }
}

/** The shell must end before the first slot, or its length would change with a price. */
function checkShellLength(text: string, firstSlot: number): void {
  const id = SHELL_LENGTH_REFERENCE.exec(text)?.[1]
  if (id === undefined) return
  const length = new RegExp(`(?:^|\\n)${id}:(null|\\d+)\\n`).exec(text)?.[1]
  if (length === undefined) throw new TemplateRefused('the length of the shell is not known')
  if (Number(length) > firstSlot) throw new TemplateRefused('a slot lies in the shell')
}

/**
 * @returns the template of `bytes`
 * @throws {TemplateRefused} when a placeholder stands where it cannot be filled
 */
export function cutFlight(bytes: Buffer, placeholders: Placeholders): Part[] {
  const text = bytes.toString('latin1')
  const found = placeholders.find(text)
  const first = found[0]
  if (!first) return [bytes]
  checkShellLength(text, first.start)
  const parts: Part[] = MARK.test(text) ? [bytes.subarray(0, 1)] : []
  let next = 0
  const upTo = (end: number): FoundPlaceholder[] => {
    const from = next
    while (next < found.length && (found[next]?.end ?? 0) <= end) next++
    return found.slice(from, next)
  }
  for (let at = MARK.test(text) ? 1 : 0; at < text.length;) {
    const counted = COUNTED_ROW.exec(text.slice(at, at + 40))
    if (counted) {
      const [head, id = '', type, length = ''] = counted
      const start = at + head.length
      const end = start + Number.parseInt(length, 16)
      const inside = upTo(end)
      if (inside.length === 0) parts.push(bytes.subarray(at, end))
      else if (type !== 'T') throw new TemplateRefused('a slot lies in binary data')
      else
        parts.push(Buffer.from(`${id}T`), {
          counted: cutRange(bytes, start, end, inside, () => ({ place: 'plain', quoted: false })),
        })
      at = end
    } else {
      const line = text.indexOf('\n', at)
      const end = line < 0 ? text.length : line + 1
      const inside = upTo(end)
      if (inside.length === 0) parts.push(bytes.subarray(at, end))
      else parts.push(...cutRange(bytes, at, end, inside, placesIn(text.slice(at, end), at)))
      at = end
    }
  }
  if (next < found.length) throw new TemplateRefused('a slot lies across two rows')
  return joined(parts)
}

/** Neighbours that stay become one. */
function joined(parts: readonly Part[]): Part[] {
  const result: Part[] = []
  let run: Uint8Array[] = []
  const flush = () => {
    if (run.length > 0) result.push(Buffer.concat(run))
    run = []
  }
  for (const part of parts) {
    if (part instanceof Uint8Array) run.push(part)
    else {
      flush()
      result.push(part)
    }
  }
  flush()
  return result
}
