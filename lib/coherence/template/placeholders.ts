/**
 * Placeholders: what a page gets in place of the values of its slots while its template is rendered. A number is a safe
 * integer of 16 digits, a text consists of characters that HTML, JSON and addresses leave as they are. Both begin with
 * digits that follow from the build and a secret.
 */
import { createHmac } from 'node:crypto'
import { tag } from '../tags.ts'
import { TemplateRefused } from './refused.ts'
import type { SlotPort } from './slots.ts'

export interface Placeholder {
  readonly leaf: string
  /** The tags of the rows that the value follows from. */
  readonly tags: readonly string[]
  readonly argument: string
}

export interface FoundPlaceholder extends Placeholder {
  readonly start: number
  readonly end: number
  readonly isNumber: boolean
}

const ID_DIGITS = 10
const LEAF_DIGITS = 2
/** No code ends in zeros: an amount in cents that is divided by 100 keeps all its digits. */
const FIRST_CODE = 11
/** Three random digits behind an 8: with ids and leaves still a safe integer. */
const RANDOM_NUMBERS = 1_000
const ARGUMENT = /^[A-Za-z0-9-]*$/

export class Placeholders {
  readonly #numeric: readonly string[]
  readonly #leaves: SlotPort['leaves']
  readonly #number: string
  readonly #text: string
  readonly #pattern: RegExp
  readonly #wholeNumber: RegExp
  readonly #derivedNumber: RegExp

  constructor({ secret, leaves }: Pick<SlotPort, 'secret' | 'leaves'>, buildId: string) {
    const hash = createHmac('sha256', secret).update(`placeholders ${buildId}`).digest()
    this.#leaves = leaves
    this.#numeric = Object.keys(leaves).filter((name) => leaves[name]?.numeric)
    if (this.#numeric.length >= 9) throw new Error('more numeric leaves than placeholders can name')
    this.#number = `8${String(hash.readUInt32BE(0) % RANDOM_NUMBERS).padStart(3, '0')}`
    this.#text = `s${hash.subarray(4, 12).toString('hex')}`
    this.#pattern = new RegExp(
      `(?<!\\d)${this.#number}(\\d{${ID_DIGITS}})(\\d{${LEAF_DIGITS}})(?!\\d)|~${this.#text}\\.(\\w+)\\.([\\d_]*)\\.([A-Za-z0-9-]*)~`,
      'g',
    )
    const rest = ID_DIGITS + LEAF_DIGITS
    this.#wholeNumber = new RegExp(`(?<!\\d)${this.#number}\\d{${rest}}(?!\\d)`)
    this.#derivedNumber = new RegExp(`(?<!\\d)${[...this.#number].join('[^\\d]?')}(?:[^\\d]?\\d){${rest}}(?!\\d)`)
  }

  /** In place of a number. */
  number(leaf: string, id: number): number {
    const code = this.#numeric.indexOf(leaf)
    if (code < 0) throw new Error(`no numeric leaf ${leaf}`)
    return Number(this.#number + String(id).padStart(ID_DIGITS, '0') + String(FIRST_CODE + code))
  }

  /** In place of a text. @param argument letters, digits and hyphens */
  text(leaf: string, ids: readonly number[], argument = ''): string {
    if (!Object.hasOwn(this.#leaves, leaf)) throw new Error(`no leaf ${leaf}`)
    if (!ARGUMENT.test(argument)) throw new Error(`${JSON.stringify(argument)} cannot stand in a placeholder`)
    return `~${this.#text}.${leaf}.${ids.join('_')}.${argument}~`
  }

  /** Whether a number that a page deals with is a placeholder. */
  isNumber(value: number): boolean {
    return value > 8e15 && String(value).startsWith(this.#number)
  }

  /** All placeholders in `text`, in their order. @throws {TemplateRefused} for one that names no leaf */
  find(text: string): FoundPlaceholder[] {
    return Array.from(text.matchAll(this.#pattern), (match) => {
      const [whole, id, code, name, ids, argument] = match
      const leaf = name ?? this.#numeric[Number(code) - FIRST_CODE]
      if (leaf === undefined || !Object.hasOwn(this.#leaves, leaf))
        throw new TemplateRefused('a placeholder names no leaf')
      const rows = id === undefined ? (ids ?? '').split('_').filter(Boolean) : [id]
      const kind = this.#leaves[leaf]?.kind
      return {
        leaf,
        tags: kind === undefined ? [] : rows.map((row) => tag(kind, Number(row))),
        argument: argument ?? '',
        start: match.index,
        end: match.index + whole.length,
        isNumber: id !== undefined,
      }
    })
  }

  /** Whether `bytes` hold a placeholder or a part of one. */
  leaksIn(bytes: Buffer): boolean {
    if (bytes.includes(this.#text)) return true
    return bytes.includes(this.#number) && this.#wholeNumber.test(bytes.toString('latin1'))
  }

  /** The same, and whether there is a number that was calculated from one, or written with separators. */
  remainsIn(bytes: Buffer): boolean {
    return bytes.includes(this.#text) || this.#derivedNumber.test(bytes.toString())
  }
}
