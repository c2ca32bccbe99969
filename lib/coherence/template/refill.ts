/**
 * The bytes of a template, kept with the rows that they were made of. Filled with other rows, only what follows from a row that has
 * changed is written anew: of the prices that a page shows an edit changes one.
 */
import { sharedList } from '../protocol/sharedTexts.ts'
import { Desk } from './desk.ts'
import { OPERATION, PIECE, PLACES, type FlatTemplate } from './flatTemplate.ts'
import { embeddedText, slotText } from './parts.ts'
import { valueNamed, type Filling, type Rows, type ValueName } from './slotValues.ts'

/** Free bytes behind those of a page: most values that come or go are shorter. */
const SLACK_BYTES = 1_024

/** Where values are written, and where bytes are put together that move; all pages share them. */
const [desk, moved] = [new Desk(), new Desk()]

export class Refill {
  readonly #fillingOf: (rows: Rows) => Filling
  readonly #sources: readonly (readonly string[])[]
  readonly #names: readonly ValueName[]
  readonly #pieces: Int32Array
  readonly #code: Int32Array
  readonly #within: Buffer
  /** Where each piece begins and ends in the bytes. */
  readonly #places: Int32Array
  #rows: Rows
  #bytes: Buffer
  /** Whether the bytes were handed out to last. */
  #isGiven = false

  /**
   * @param template of which nothing is kept: its parts are mostly views of the memory that it was unpacked in
   * @param rows of every tag that a slot names
   */
  constructor(template: FlatTemplate, fillingOf: (rows: Rows) => Filling, rows: Rows) {
    this.#fillingOf = fillingOf
    this.#sources = template.sources.map(sharedList)
    this.#names = template.names.map(valueNamed)
    this.#pieces = template.pieces.slice()
    this.#code = template.code.slice()
    this.#within = inOwnMemory(template.within)
    this.#places = new Int32Array((this.#pieces.length / PIECE.size) * 2)
    this.#rows = rows
    this.#bytes = inOwnMemory(this.#filled(template.around, fillingOf(rows)), SLACK_BYTES)
  }

  /** How much memory it takes. */
  get byteLength(): number {
    const { byteLength } = this.#bytes.buffer
    return [this.#pieces, this.#code, this.#within, this.#places].reduce((sum, one) => sum + one.byteLength, byteLength)
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
    const isChanged = this.#sources.map((tags) => tags.some((name) => rows.get(name) !== this.#rows.get(name)))
    const written = this.#writeChanged(isChanged, this.#fillingOf(rows))
    if (written.length > 0) this.#put(written)
    this.#rows = rows
    return this.#bytes
  }

  /** Writes everything to the desk, and notes where the pieces stand. */
  #filled(around: Buffer, filling: Filling): Buffer {
    desk.end = 0
    let at = 0
    for (let piece = 0, place = 0; piece < this.#pieces.length; piece += PIECE.size) {
      const before = this.#pieces[piece + PIECE.before] ?? 0
      desk.add(around, at, (at += before))
      this.#places[place++] = desk.end
      this.#writePiece(piece, filling)
      this.#places[place++] = desk.end
    }
    desk.add(around, at)
    return desk.since(0)
  }

  /** Writes each piece with a changed source to the desk. @returns for each: its place, and where it begins and ends on the desk */
  #writeChanged(isChanged: readonly boolean[], filling: Filling): number[] {
    const written: number[] = []
    desk.end = 0
    for (let piece = 0, place = 0; piece < this.#pieces.length; piece += PIECE.size, place += 2) {
      if (!this.#follows(piece, isChanged)) continue
      const from = desk.end
      this.#writePiece(piece, filling)
      written.push(place, from, desk.end)
    }
    return written
  }

  #follows(piece: number, isChanged: readonly boolean[]): boolean {
    const code = this.#code
    const end = this.#pieces[piece + PIECE.to] ?? 0
    for (let at = this.#pieces[piece + PIECE.from] ?? 0; at < end;) {
      switch (code[at]) {
        case OPERATION.text:
          at += 3
          break
        case OPERATION.slot:
          if (isChanged[code[at + 1] ?? 0]) return true
          at += 4
          break
        case OPERATION.optional: {
          const needed = code[at + 2] ?? 0
          at += 3
          for (let i = 0; i < needed; i++, at += 2) if (isChanged[code[at] ?? 0]) return true
          break
        }
        default:
          at += 2
      }
    }
    return false
  }

  #writePiece(piece: number, filling: Filling): void {
    const [from = 0, to = 0] = [this.#pieces[piece + PIECE.from], this.#pieces[piece + PIECE.to]]
    this.#write(from, to, filling, this.#pieces[piece + PIECE.isEmbedded] === 1)
  }

  #value(at: number, filling: Filling) {
    const [tags, name] = [this.#sources[this.#code[at] ?? 0], this.#names[this.#code[at + 1] ?? 0]]
    if (!tags || !name) throw new Error('a template names a value that it does not have')
    return filling.value(tags, name)
  }

  /** Writes code to the desk. @param isEmbedded whether it stands in the string of a script */
  #write(from: number, to: number, filling: Filling, isEmbedded: boolean): void {
    const code = this.#code
    for (let at = from; at < to;) {
      const end = code[at + 1] ?? to
      switch (code[at]) {
        case OPERATION.text:
          desk.add(this.#within, end, code[at + 2])
          at += 3
          break
        case OPERATION.slot:
          desk.addText(slotText(this.#value(at + 1, filling), PLACES[code[at + 3] ?? 0] ?? 'plain', isEmbedded))
          at += 4
          break
        case OPERATION.optional: {
          const begin = at + 3 + 2 * (code[at + 2] ?? 0)
          let isThere = true
          for (let i = at + 3; i < begin; i += 2) isThere &&= this.#value(i, filling) !== undefined
          if (isThere) this.#write(begin, end, filling, isEmbedded)
          at = end
          break
        }
        case OPERATION.counted:
          this.#writeCounted(at + 2, end, filling, isEmbedded)
          at = end
          break
        case OPERATION.embedded:
          this.#write(at + 2, end, filling, true)
          at = end
          break
        default:
          throw new Error('a template of another program')
      }
    }
  }

  /** The number is that of the bytes as React reads them, before they are embedded. */
  #writeCounted(from: number, to: number, filling: Filling, isEmbedded: boolean): void {
    const start = desk.end
    this.#write(from, to, filling, false)
    const count = `${(desk.end - start).toString(16)},`
    if (!isEmbedded) return desk.putBefore(start, count)
    const text = embeddedText(desk.since(start).toString())
    desk.end = start
    desk.addText(count + text)
  }

  /** @param written what `#writeChanged` returned */
  #put(written: readonly number[]): void {
    if (this.#isResized(written)) this.#move(written)
    else {
      if (this.#isGiven) this.#bytes = inOwnMemory(this.#bytes, SLACK_BYTES)
      for (let i = 0; i < written.length; i += 3)
        desk.bytes.copy(this.#bytes, this.#places[written[i] ?? 0], written[i + 1], written[i + 2])
    }
    this.#isGiven = false
  }

  #isResized(written: readonly number[]): boolean {
    for (let i = 0; i < written.length; i += 3) {
      const [place = 0, from = 0, to = 0] = [written[i], written[i + 1], written[i + 2]]
      if (to - from !== (this.#places[place + 1] ?? 0) - (this.#places[place] ?? 0)) return true
    }
    return false
  }

  /** Puts the bytes together anew, and notes where the pieces stand from now on. */
  #move(written: readonly number[]): void {
    const [before, places] = [this.#bytes, this.#places]
    moved.end = 0
    let copied = 0
    for (let place = 0, next = 0; place < places.length; place += 2) {
      const [start = 0, end = 0] = [places[place], places[place + 1]]
      const begin = moved.end + start - copied
      let byteLength = end - start
      if (written[next] === place) {
        const [from = 0, to = 0] = [written[next + 1], written[next + 2]]
        byteLength = to - from
        moved.add(before, copied, start)
        moved.add(desk.bytes, from, to)
        copied = end
        next += 3
      }
      places[place] = begin
      places[place + 1] = begin + byteLength
    }
    moved.add(before, copied)
    const { buffer } = before
    const fits = !this.#isGiven && moved.end <= buffer.byteLength
    this.#bytes = fits ? Buffer.from(buffer, 0, moved.end) : inOwnMemory(moved.since(0), SLACK_BYTES)
    if (fits) moved.bytes.copy(this.#bytes, 0, 0, moved.end)
  }
}

/** @param slack bytes that stay free behind it */
function inOwnMemory(bytes: Buffer, slack = 0): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.byteLength + slack).subarray(0, bytes.byteLength)
  bytes.copy(own)
  return own
}
