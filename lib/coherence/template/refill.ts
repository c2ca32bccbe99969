/**
 * The bytes of a template, kept with the rows that they were made of. Filled with other rows, only what follows from a row that has
 * changed is written anew: of the prices that a page shows an edit changes one.
 */
import { namedSlot } from './namedSlot.ts'
import { partBytes, slotsIn, type Filling, type Part } from './parts.ts'
import type { Rows } from './slotValues.ts'

/** A slot, or a part that goes or is counted with its slots, and where it stands in the bytes. */
interface Piece {
  readonly part: Exclude<Part, Uint8Array>
  readonly isEmbedded: boolean
  /** Its place among the pieces. */
  readonly at: number
  start: number
  end: number
}

/** What stands in the place of a piece from now on. */
interface Written {
  readonly content: string | Uint8Array
  readonly byteLength: number
}

function written({ part, isEmbedded }: Piece, filling: Filling): Written {
  const content = 'leaf' in part ? filling.text(part, isEmbedded) : partBytes(part, filling, isEmbedded)
  return { content, byteLength: Buffer.byteLength(content) }
}

/** In the heap: of a piece with its slot. */
const PIECE_BYTES = 220

/** Free bytes behind those of a page: most values that come or go are shorter. */
const SLACK_BYTES = 1_024

/** Where bytes are put together that move; all pages share it. */
let desk = Buffer.alloc(0)

function deskOf(size: number): Buffer {
  if (desk.byteLength < size) desk = Buffer.allocUnsafeSlow(size + SLACK_BYTES)
  return desk
}

/** Its bytes are views of the memory that the whole template was unpacked in, which would stay as long as one of them. */
function ownPart(part: Piece['part']): Piece['part'] {
  const own = (one: Part): Part => (one instanceof Uint8Array ? new Uint8Array(one) : ownPart(one))
  if ('when' in part) return { when: part.when.map(namedSlot), parts: part.parts.map(own) }
  if ('counted' in part) return { counted: part.counted.map(own) }
  return 'embedded' in part ? { embedded: part.embedded.map(own) } : namedSlot(part)
}

export class Refill {
  readonly #fillingOf: (rows: Rows) => Filling
  readonly #pieces: Piece[] = []
  /** The pieces that follow from a row, by its tag. */
  readonly #byTag = new Map<string, Piece[]>()
  #rows: Rows
  #bytes: Buffer
  /** Whether the bytes were handed out to last. */
  #isGiven = false

  /** @param rows of every tag that a slot names */
  constructor(parts: readonly Part[], fillingOf: (rows: Rows) => Filling, rows: Rows) {
    this.#fillingOf = fillingOf
    this.#rows = rows
    const chunks: Uint8Array[] = []
    this.#writeAll(parts, fillingOf(rows), false, chunks, 0)
    this.#bytes = inOwnMemory(Buffer.concat(chunks))
  }

  /** How much memory it takes. */
  get byteLength(): number {
    return this.#bytes.buffer.byteLength + this.#pieces.length * PIECE_BYTES
  }

  /** @returns the bytes with the values of `rows`; nothing writes to them afterwards */
  filledWith(rows: Rows): Buffer {
    const bytes = this.lookedAt(rows)
    this.#isGiven = true
    return bytes
  }

  /**
   * The same without memory of their own: of 80 kB a page and filling, most stay as they are.
   * @returns the bytes with the values of `rows`, until it is filled with others
   */
  lookedAt(rows: Rows): Buffer {
    if (rows === this.#rows) return this.#bytes
    const filling = this.#fillingOf(rows)
    // By place: a map of pieces would take as long as their values.
    const changed: (Written | undefined)[] = []
    for (const [name, pieces] of this.#byTag) {
      if (rows.get(name) === this.#rows.get(name)) continue
      for (const piece of pieces) changed[piece.at] ??= written(piece, filling)
    }
    if (changed.length > 0) this.#write(changed)
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
        const end = at + bytes.byteLength
        const piece: Piece = { part: ownPart(part), isEmbedded, at: this.#pieces.length, start: at, end }
        this.#pieces.push(piece)
        for (const name of new Set([...slotsIn([part])].flatMap(({ tags }) => tags)))
          this.#byTag.set(name, [...(this.#byTag.get(name) ?? []), piece])
        at = end
      }
    }
    return at
  }

  #write(changed: readonly (Written | undefined)[]): void {
    const lengthOf = ({ at, start, end }: Piece) => changed[at]?.byteLength ?? end - start
    const isResized = (piece: Piece) => lengthOf(piece) !== piece.end - piece.start
    if (this.#pieces.some(isResized)) this.#move(lengthOf)
    else if (this.#isGiven) this.#bytes = inOwnMemory(this.#bytes)
    this.#isGiven = false
    for (const { at, start } of this.#pieces) {
      const content = changed[at]?.content
      if (typeof content === 'string') this.#bytes.write(content, start)
      else if (content) this.#bytes.set(content, start)
    }
  }

  /** Moves the pieces to where they stand from now on; the bytes of those with another length are to be written. */
  #move(lengthOf: (piece: Piece) => number): void {
    const before = this.#bytes
    let size = before.byteLength
    for (const piece of this.#pieces) size += lengthOf(piece) - (piece.end - piece.start)
    const moved = deskOf(size)
    // What is copied so far: up to `from` of the bytes before, and up to `to` of the new ones.
    let [from, to] = [0, 0]
    for (const piece of this.#pieces) {
      const { start, end } = piece
      const byteLength = lengthOf(piece)
      piece.start += to - from
      piece.end = piece.start + byteLength
      // What is as long as before is copied with what stands around it.
      if (byteLength === end - start) continue
      before.copy(moved, to, from, start)
      from = end
      to = piece.end
    }
    before.copy(moved, to, from)
    const { buffer } = before
    const fits = !this.#isGiven && size <= buffer.byteLength
    this.#bytes = fits ? Buffer.from(buffer, 0, size) : inOwnMemory(moved.subarray(0, size))
    if (fits) moved.copy(this.#bytes, 0, 0, size)
  }
}

function inOwnMemory(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.byteLength + SLACK_BYTES).subarray(0, bytes.byteLength)
  bytes.copy(own)
  return own
}
