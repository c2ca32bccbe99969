/** Why the text of a cell is no amount, in the words that help most. */
import type { Currency } from '#lib/money/currencies.ts'
import { decimalAmount } from '#lib/money/formatMoney.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import type { DecimalMark } from './questions.ts'

/** Of the shop's currency, as the messages show it. */
const EXAMPLE = 129_990

const BELOW_ZERO = /^[-−–﹣(]\s?\p{Sc}?\s?\d|\d\s?[-−–]$/u
const EXPONENT = /^[-+]?\d+(?:[.,]\d+)?e[-+]?\d+$/i

const DATE = /^(?:\d{1,2}[-. ]+(\p{L}+)\.?|(\p{L}+)\.?[- ]\d{1,4}|\d{1,4}([./-])\d{1,2}\3\d{1,4})$/u

let months: ReadonlySet<string> | undefined

/** `May`, `mai`: as spreadsheets write them, in each language of the shop. */
function isMonth(word: string): boolean {
  months ??= new Set(
    LOCALES.flatMap((locale) => {
      const formats = (['short', 'long'] as const).map((month) => new Intl.DateTimeFormat(locale, { month }))
      return formats.flatMap((format) =>
        Array.from({ length: 12 }, (_none, month) =>
          format
            .format(new Date(2026, month, 15))
            .replace('.', '')
            .toLowerCase(),
        ),
      )
    }),
  )
  return months.has(word.toLowerCase())
}

/** `12. Mai`, `May-12`, `12.05.2026`: a spreadsheet makes them of 12.5. */
function isDate(text: string): boolean {
  const [, before, after, mark] = DATE.exec(text) ?? []
  return mark !== undefined || isMonth(before ?? after ?? '')
}

/** The way out of a row that is to leave its amount as it is. */
export const KEEP = 'leave the cell empty to keep what there is'

/** What a spreadsheet has in place of an amount; undefined where that is not known. */
function otherThing(text: string): string | undefined {
  if (text.endsWith('%')) return 'a percentage'
  if (/^#(?:#+|[¡¿]?[\p{L}/0]+[!?]?)$/u.test(text)) return 'an error of a spreadsheet'
  if (text.startsWith('=')) return 'a formula'
  return isDate(text) ? 'a date, which a spreadsheet may have made of it' : undefined
}

interface Notation {
  readonly mark: DecimalMark
  readonly currency: Currency
}

/**
 * @param bare the text without the marks of the currency
 * @param other the code of the currency that is left in it
 */
export function refusalOf(text: string, bare: string, other: string | undefined, { mark, currency }: Notation): string {
  const amount = decimalAmount(EXAMPLE, currency.code)
  const example = mark === 'point' ? amount : amount.replace('.', ',')
  if (BELOW_ZERO.test(bare)) return `"${text}" is below zero. Write an amount above zero, or ${KEEP}.`
  if (EXPONENT.test(bare))
    return `"${text}" is written with an exponent, and may have lost digits. Write it as ${example}.`
  if (other !== undefined && other !== currency.code)
    return `"${text}" is not in ${currency.code}, and nothing is converted. Write it in ${currency.code}.`
  const rule =
    currency.digits === 0
      ? `no decimals`
      : `${mark === 'point' ? 'a full stop' : 'a comma'} before the decimals, at most ${currency.digits} of them`
  const thing = otherThing(text)
  const notation = `as ${example}: ${rule}`
  return `"${text}" is not an amount${thing === undefined ? '' : ` but ${thing}`}. ${/\d/.test(text) ? `Write it ${notation}` : `Write one ${notation}. Or ${KEEP}`}.`
}
