/** Templates as tests and benchmarks want them: the parts of one that is kept, and what filling them means, said in the plainest way. */
import { OPERATION, PIECE, PLACES, type FlatTemplate } from '../template/flatTemplate.ts'
import { embeddedText, slotText, type Part, type Slot } from '../template/parts.ts'
import { valueNamed, type Filling } from '../template/slotValues.ts'

/** @returns parts of which `flatten` makes this template */
export function partsOf({ sources, names, pieces, code, around, within }: FlatTemplate): Part[] {
  const tagsOf = (source = 0) => (sources[source] ? sources[source].split(',') : [])
  const slotOf = (at: number, place = 0): Slot => {
    const { leaf, argument } = valueNamed(names[code[at + 1] ?? 0] ?? '')
    return { leaf, tags: tagsOf(code[at]), argument, place: PLACES[place] ?? 'plain' }
  }
  const read = (from: number, to: number): Part[] => {
    const parts: Part[] = []
    for (let at = from; at < to;) {
      const [operation, end = 0, third = 0] = code.subarray(at)
      if (operation === OPERATION.text) {
        parts.push(Buffer.from(within.subarray(end, third)))
        at += 3
      } else if (operation === OPERATION.slot) {
        parts.push(slotOf(at + 1, code[at + 3]))
        at += 4
      } else if (operation === OPERATION.optional) {
        const when = Array.from({ length: third }, (_, i) => slotOf(at + 3 + 2 * i))
        parts.push({ when, parts: read(at + 3 + 2 * third, end) })
        at = end
      } else {
        const inner = read(at + 2, end)
        parts.push(operation === OPERATION.counted ? { counted: inner } : { embedded: inner })
        at = end
      }
    }
    return parts
  }
  const parts: Part[] = []
  let at = 0
  for (let i = 0; i < pieces.length; i += PIECE.size) {
    const [before = 0, from = 0, to = 0, isEmbedded] = pieces.subarray(i)
    if (before > 0) parts.push(Buffer.from(around.subarray(at, (at += before))))
    const piece = read(from, to)
    parts.push(...(isEmbedded ? [{ embedded: piece }] : piece))
  }
  return at < around.byteLength ? [...parts, Buffer.from(around.subarray(at))] : parts
}

/** The bytes of a template with these values. */
export function fill(parts: readonly Part[], filling: Filling, isEmbedded = false): Buffer {
  const value = ({ tags, leaf, argument }: Slot) => filling.value(tags, valueNamed(`${leaf} ${argument}`))
  return Buffer.concat(
    parts.map((part): Uint8Array => {
      if (part instanceof Uint8Array) return part
      if ('leaf' in part) return Buffer.from(slotText(value(part), part.place, isEmbedded))
      if ('when' in part)
        return part.when.some((slot) => value(slot) === undefined)
          ? Buffer.alloc(0)
          : fill(part.parts, filling, isEmbedded)
      if ('embedded' in part) return fill(part.embedded, filling, true)
      const counted = fill(part.counted, filling)
      const text = isEmbedded ? Buffer.from(embeddedText(counted.toString())) : counted
      return Buffer.concat([Buffer.from(`${counted.byteLength.toString(16)},`), text])
    }),
  )
}
