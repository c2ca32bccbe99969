/** Memory in which bytes are put together, one piece after the other. It grows, and is used again and again. */
const FIRST_BYTES = 256 * 1_024
/** UTF-8 takes at most so many bytes for a unit of a string. */
const BYTES_A_UNIT = 3

export class Desk {
  bytes = Buffer.alloc(0)
  /** Where the next byte goes. */
  end = 0

  add(bytes: Buffer, from = 0, to = bytes.byteLength): void {
    this.#makeRoom(to - from)
    this.end += bytes.copy(this.bytes, this.end, from, to)
  }

  addText(text: string): void {
    this.#makeRoom(text.length * BYTES_A_UNIT)
    this.end += this.bytes.write(text, this.end)
  }

  /** Puts `text` before what was added since `from`. */
  putBefore(from: number, text: string): void {
    const byteLength = Buffer.byteLength(text)
    this.#makeRoom(byteLength)
    this.bytes.copyWithin(from + byteLength, from, this.end)
    this.bytes.write(text, from)
    this.end += byteLength
  }

  /** @returns what was added since `from`, until something else is */
  since(from: number): Buffer {
    return this.bytes.subarray(from, this.end)
  }

  #makeRoom(byteLength: number): void {
    const needed = this.end + byteLength
    if (needed <= this.bytes.byteLength) return
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, needed * 2))
    this.bytes.copy(larger, 0, 0, this.end)
    this.bytes = larger
  }
}
