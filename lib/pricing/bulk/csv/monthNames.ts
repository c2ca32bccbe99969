/** Words for months, as spreadsheets write them. */
import { LOCALES } from '#lib/platform/locales.ts'

/** Beside those of the shop. */
const OTHER_LANGUAGES = ['it', 'nl', 'sv', 'da', 'nb', 'fi', 'pl', 'cs', 'tr', 'hu', 'ro', 'ru', 'uk', 'el']
const FORMS: readonly Intl.DateTimeFormatOptions[] = [
  { month: 'short' },
  { month: 'long' },
  { day: 'numeric', month: 'short' },
  { day: 'numeric', month: 'long' },
]
/** That of Excel in German. */
const OTHERS: readonly (readonly [word: string, month: number])[] = [['mrz', 3]]

function allMonths(): ReadonlyMap<string, number | undefined> {
  const months = new Map<string, number | undefined>(OTHERS)
  for (const locale of [...LOCALES, ...OTHER_LANGUAGES])
    for (const options of FORMS) {
      const format = new Intl.DateTimeFormat(locale, options)
      for (let month = 1; month <= 12; month += 1) {
        const parts = format.formatToParts(new Date(2026, month - 1, 15))
        const word = (parts.find(({ type }) => type === 'month')?.value ?? '').replace('.', '').toLowerCase()
        // A word that is another month in another language says neither.
        months.set(word, months.has(word) && months.get(word) !== month ? undefined : month)
      }
    }
  return months
}

let months: ReadonlyMap<string, number | undefined> | undefined

export function isMonth(word: string): boolean {
  months ??= allMonths()
  return months.has(word.toLowerCase())
}

/** @returns 1 to 12; undefined of a word that is none, or two in two languages. @example monthOf('Mai') // 5 */
export function monthOf(word: string): number | undefined {
  months ??= allMonths()
  return months.get(word.toLowerCase())
}
