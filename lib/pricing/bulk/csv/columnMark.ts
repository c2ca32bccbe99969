/** What the name of a column says about its amounts: `Price ($)`, `Preis in USD`, `price_cents`. */
import { CURRENCY_CODES as CODES, signOf } from '#lib/money/currencies.ts'

/** Parts and multiples of the unit. An amount of them is refused, as it is with this word beside it. */
const OTHER_UNITS =
  /^(?:cents?|ct|minor|centimes?|c[eé]ntimos?|centavos?|pence|rappen|teur|keur|tsd|tausend|thousands?|x10+)$/iu
const HAS_MARK = /[\p{L}\p{Sc}]/u

/** Codes that are words, or the names of countries, as well. */
const WORDS = new Set([
  'ALL',
  'BAM',
  'BEL',
  'CHE',
  'COP',
  'CUP',
  'ESP',
  'GEL',
  'MAD',
  'MOP',
  'PEN',
  'STD',
  'TOP',
  'TRY',
])

/** Whether a cell that holds nothing else is the code of a currency. */
export const isCode = (text: string): boolean => CODES.has(text) && !WORDS.has(text)

/** A code in capitals, or the last word of a technical name. One that is a word counts in capitals beside small letters. */
function codeAmong(words: readonly string[]): string | undefined {
  const last = words.at(-1) ?? ''
  const hasSmall = words.some((word) => /\p{Ll}/u.test(word))
  return words.length > 1 && /^[a-z]{3}$/.test(last) && isCode(last.toUpperCase())
    ? last.toUpperCase()
    : words.find((word) => (hasSmall ? CODES.has(word) : isCode(word)))
}

/**
 * @returns the sign or the code of a currency, or a word for another unit than its own, if the name has one
 * @example markIn('Price (USD)') // 'USD'
 */
export function markIn(header: string): string | undefined {
  const words = header
    .normalize('NFKC')
    .replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    .split(/[\s()[\]{}/:,;_.-]+/)
    .filter((word) => word !== '')
  return words.find((word) => /\p{Sc}/u.test(word) || OTHER_UNITS.test(word)) ?? codeAmong(words)
}

/** Whether the only mark of an amount is the sign that the currency of its column shares with others: `$12` below `Price (CAD)`. */
function isOwnSign(text: string, mark: string): boolean {
  return CODES.has(mark) && text.replace(signOf(mark), '').search(HAS_MARK) < 0
}

/** The text of an amount with the mark of its column, where it has none of its own. */
export function withColumnMark(text: string, mark: string | undefined): string {
  if (mark === undefined || text === '' || (HAS_MARK.test(text) && !isOwnSign(text, mark))) return text
  return `${text} ${mark}`
}
