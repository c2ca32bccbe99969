/** What a title or a footnote says of all amounts of a file. */
import { CURRENCY_CODES as CODES, currencyOf, marksOf } from '#lib/money/currencies.ts'
import { plainName } from './aliases.ts'
import { isCode } from './columnMark.ts'
import { isLater } from './conditions.ts'
import { isForSome, isNet, isPriceName } from './priceWords.ts'

const IN = '(?:\\b(?:[Ii]n|[Ee]n|[Ee]m|IN|EN|EM|[Cc]urrency|[Ww]ährung|[Dd]evise|[Mm]oneda|[Mm]oeda)[\\s:=]+|[([])'
const SHORT = new RegExp(`${IN}([A-Z]{3}|\\p{Sc})(?!\\p{L})`, 'u')
/** Parts and multiples of the unit: an amount with such a word beside it is refused. */
const OTHER_UNIT = new RegExp(
  `${IN}((?:\\p{L}+[ -])?(?:cents?|centimes?|c[eé]ntimos?|centavos?|pence|rappen|teur|keur|tausend|thousands?))(?!\\p{L})`,
  'iu',
)
const DOLLARS = new RegExp(`${IN}dollars?(?!\\p{L})`, 'iu')

/** Of them the words are known. Those of all currencies would take a third of a second. */
const NAMED = 'USD GBP CHF JPY CNY CAD AUD NZD SEK NOK DKK PLN CZK HUF RON TRY INR BRL MXN KRW'.split(' ')

let names: { readonly pattern: RegExp; readonly codes: ReadonlyMap<string, string> } | undefined

/** `US dollars`, `Schweizer Franken`, `米ドル`: in each language of the shop. */
function codeByWord(text: string): string | undefined {
  if (!names) {
    const words = NAMED.flatMap((code) =>
      marksOf(currencyOf(code))
        .filter((word) => /^\p{L}/u.test(word) && (/^\p{Lo}{2}/u.test(word) || word.length > 4))
        .map((word) => [word.toLowerCase(), code] as const),
    )
    const pattern = new RegExp(
      `(?<![\\p{Ll}\\p{Lu}])(?:${words.map(([word]) => word).join('|')})(?![\\p{Ll}\\p{Lu}])`,
      'iu',
    )
    names = { pattern, codes: new Map(words) }
  }
  const [word] = names.pattern.exec(text) ?? []
  return word === undefined ? undefined : names.codes.get(word.toLowerCase())
}

/**
 * @param cells of a row without amounts, such as a title or a footnote
 * @returns the currency that it says all amounts are in, or another unit
 * @example markInTitle(['All prices in USD']) // 'USD'
 */
export function markInTitle(cells: readonly string[]): string | undefined {
  const text = cells.join(' ').trim()
  const [, short] = SHORT.exec(text) ?? []
  if (short !== undefined && (short.length < 3 || CODES.has(short))) return short
  const unit = OTHER_UNIT.exec(text)?.[1] ?? codeByWord(text) ?? (DOLLARS.test(text) ? 'USD' : undefined)
  // `Preisliste CHF`
  return unit ?? (isPriceName(plainName(text)) ? text.split(/\s+/).find(isCode) : undefined)
}

const DAY = /(?<!\d)\d{1,4}([-./])\d{1,2}\1\d{2,4}(?!\d)/

/**
 * @param cells of a title or a footnote
 * @returns in which way its prices are not those of each customer for one piece, with tax, from now on
 */
export function remarkInTitle(cells: readonly string[]): string | undefined {
  for (const cell of cells) {
    const name = plainName(cell)
    const [day] = DAY.exec(cell) ?? []
    const remark = isNet(name)
      ? 'A price here has the tax in it: add it in the file.'
      : day !== undefined && isLater(day)
        ? 'A price here holds as soon as it is approved: plan the approval for that day.'
        : day === undefined && isForSome(name)
          ? 'A price here is for one piece, and for all customers.'
          : undefined
    if (remark !== undefined) return `The file says "${cell.trim()}". ${remark}`
  }
  return undefined
}
