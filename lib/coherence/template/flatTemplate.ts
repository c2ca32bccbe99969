/**
 * A template as it is kept: a few pieces of memory, however many slots it has. As an object for each slot and each text between two,
 * a product page with eighty variants took longer to unpack than to fill.
 */
import type { Part, Place, Slot } from './parts.ts'

export interface FlatTemplate {
  /** Lists of the tags that a slot follows from, each once, joined with commas. */
  readonly sources: readonly string[]
  /** The names of the values of slots, each once, as `ValueName` has them. */
  readonly names: readonly string[]
  /** For each piece, which is a slot or a part with slots, `PIECE` numbers. */
  readonly pieces: Int32Array
  /** What the pieces consist of: operations, each a number of `OPERATION` and what belongs to it. */
  readonly code: Int32Array
  /** The bytes around the pieces, one after the other. */
  readonly around: Buffer
  /** The bytes within pieces. */
  readonly within: Buffer
}

/** What stands in `pieces` for each: the bytes before it, where its code begins and ends, and whether it stands in the string of a script. */
export const PIECE = { before: 0, from: 1, to: 2, isEmbedded: 3, size: 4 } as const

/**
 * - `text`: where its bytes begin and end in `within`
 * - `slot`: its source, its name, its place
 * - `optional`: where its code ends, the number of slots without which it goes, a source and a name of each; its code
 * - `counted`, `embedded`: where its code ends; its code
 */
export const OPERATION = { text: 0, slot: 1, optional: 2, counted: 3, embedded: 4 } as const

export const PLACES: readonly Place[] = ['html', 'script', 'value', 'string', 'stringStart', 'plain']

/** Numbers texts in the order in which they come. */
class Numbered {
  readonly #numbers = new Map<string, number>()

  of(text: string): number {
    const known = this.#numbers.get(text) ?? this.#numbers.size
    this.#numbers.set(text, known)
    return known
  }

  get texts(): string[] {
    return [...this.#numbers.keys()]
  }
}

class Flattening {
  readonly #sources = new Numbered()
  readonly #names = new Numbered()
  readonly #pieces: number[] = []
  readonly #code: number[] = []
  readonly #around: Uint8Array[] = []
  readonly #within: Uint8Array[] = []
  #withinBytes = 0
  #before = 0

  get template(): FlatTemplate {
    return {
      sources: this.#sources.texts,
      names: this.#names.texts,
      pieces: Int32Array.from(this.#pieces),
      code: Int32Array.from(this.#code),
      around: Buffer.concat(this.#around),
      within: Buffer.concat(this.#within),
    }
  }

  add(parts: readonly Part[], isEmbedded: boolean): void {
    for (const part of parts) {
      if (part instanceof Uint8Array) {
        this.#around.push(part)
        this.#before += part.byteLength
      } else if ('embedded' in part) this.add(part.embedded, true)
      else {
        const from = this.#code.length
        this.#addCode(part)
        this.#pieces.push(this.#before, from, this.#code.length, Number(isEmbedded))
        this.#before = 0
      }
    }
  }

  #addCode(part: Part): void {
    if (part instanceof Uint8Array) {
      const from = this.#withinBytes
      this.#withinBytes += part.byteLength
      this.#within.push(part)
      this.#code.push(OPERATION.text, from, this.#withinBytes)
    } else if ('leaf' in part) this.#code.push(OPERATION.slot, ...this.#valueOf(part), PLACES.indexOf(part.place))
    else if ('when' in part) {
      const needed = part.when.flatMap((slot) => this.#valueOf(slot))
      this.#addBlock(OPERATION.optional, [part.when.length, ...needed], part.parts)
    } else if ('counted' in part) this.#addBlock(OPERATION.counted, [], part.counted)
    else this.#addBlock(OPERATION.embedded, [], part.embedded)
  }

  #addBlock(operation: number, also: readonly number[], parts: readonly Part[]): void {
    const endAt = this.#code.length + 1
    this.#code.push(operation, 0, ...also)
    for (const part of parts) this.#addCode(part)
    this.#code[endAt] = this.#code.length
  }

  #valueOf({ leaf, tags, argument }: Slot): [source: number, name: number] {
    return [this.#sources.of(tags.join()), this.#names.of(`${leaf} ${argument}`)]
  }
}

export function flatten(parts: readonly Part[]): FlatTemplate {
  const flattening = new Flattening()
  flattening.add(parts, false)
  return flattening.template
}

/** @returns whether it is a template that `flatten` has made, and none of another program */
export function isFlatTemplate(value: unknown): value is FlatTemplate {
  return typeof value === 'object' && value !== null && 'pieces' in value && value.pieces instanceof Int32Array
}
