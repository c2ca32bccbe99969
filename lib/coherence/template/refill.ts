/**
 * The bytes of a template, kept with the rows that they were made of. Filled with other rows, only what follows from a row that has
 * changed is written anew: of the prices that a page shows an edit changes one.
 */
import { partBytes, slotsIn, type Filling, type Part } from './parts.ts'
import type { Rows } from './slotValues.ts'

/** A slot, or a part that goes or is counted with its slots, and where it stands in the bytes. */
interface Piece {
  readonly part: Exclude<Part, Uint8Array>
  readonly isEmbedded: boolean
  start: number
  end: number
}

/** In the heap: of a piece with its slot. */
const PIECE_BYTES = 300

/** Its bytes are views of the memory that the whole template was unpacked in, which would stay as long as one of them. */
function withOwnBytes(part: Piece['part']): Piece['part'] {
  const own = (one: Part): Part => (one instanceof Uint8Array ? new Uint8Array(one) : withOwnBytes(one))
  if ('when' in part) return { ...part, parts: part.parts.map(own) }
  if ('counted' in part) return { counted: part.counted.map(own) }
  return 'embedded' in part ? { embedded: part.embedded.map(own) } : part
}

export class Refill {
  readonly #fillingOf: (rows: Rows) => Filling
  readonly #pieces: Piece[] = []
  /** The pieces that follow from a row, by its tag. */
  readonly #byTag = new Map<string, Piece[]>()
  #rows: Rows
  #bytes: Buffer

  /** @param rows of every tag that a slot names */
  constructor(parts: readonly Part[], fillingOf: (rows: Rows) => Filling, rows: Rows) {
    this.#fillingOf = fillingOf
    this.#rows = rows
    const chunks: Uint8Array[] = []
    this.#writeAll(parts, fillingOf(rows), false, chunks, 0)
    this.#bytes = Buffer.concat(chunks)
  }

  /** How much memory it takes. */
  get byteLength(): number {
    return this.#bytes.byteLength + this.#pieces.length * PIECE_BYTES
  }

  /** @returns the bytes with the values of `rows`; nothing writes to them afterwards */
  filledWith(rows: Rows): Buffer {
    if (rows === this.#rows) return this.#bytes
    const filling = this.#fillingOf(rows)
    const changed = new Set<Piece>()
    for (const [name, pieces] of this.#byTag)
      if (rows.get(name) !== this.#rows.get(name)) for (const piece of pieces) changed.add(piece)
    const written = new Map<Piece, Uint8Array>()
    for (const piece of changed) written.set(piece, partBytes(piece.part, filling, piece.isEmbedded))
    if (written.size > 0) this.#bytes = this.#spliced(written)
    this.#rows = rows
    return this.#bytes
  }

  /** Writes `parts` to `chunks` for the first time, and notes their pieces. @param from where they begin @returns where they end */
  #writeAll(parts: readonly Part[], filling: Filling, isEmbedded: boolean, chunks: Uint8Array[], from: number): number {
    let at = from
    for (const part of parts) {
      if (part instanceof Uint8Array) {
        chunks.push(part)
        at += part.byteLength
      } else if ('embedded' in part) at = this.#writeAll(part.embedded, filling, true, chunks, at)
      else {
        const bytes = partBytes(part, filling, isEmbedded)
        chunks.push(bytes)
        const piece: Piece = { part: withOwnBytes(part), isEmbedded, start: at, end: at + bytes.byteLength }
        this.#pieces.push(piece)
        for (const name of new Set([...slotsIn([part])].flatMap(({ tags }) => tags)))
          this.#byTag.set(name, [...(this.#byTag.get(name) ?? []), piece])
        at = piece.end
      }
    }
    return at
  }

  /** Moves the pieces to where they stand from now on. @returns the bytes with those of `written` in place of the ones before */
  #spliced(written: ReadonlyMap<Piece, Uint8Array>): Buffer {
    const before = this.#bytes
    let size = before.byteLength
    for (const [{ start, end }, { byteLength }] of written) size += byteLength - (end - start)
    const bytes = Buffer.allocUnsafeSlow(size)
    // What is copied so far: up to `from` of the bytes before, and up to `to` of the new ones.
    let [from, to] = [0, 0]
    for (const piece of this.#pieces) {
      const own = written.get(piece)
      if (own) {
        to += before.copy(bytes, to, from, piece.start)
        bytes.set(own, to)
        from = piece.end
        piece.start = to
        piece.end = to += own.byteLength
      } else {
        piece.start += to - from
        piece.end += to - from
      }
    }
    before.copy(bytes, to, from)
    return bytes
  }
}
