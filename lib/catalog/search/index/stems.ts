/** The roots of words, as the stemmers of Postgres have them (Snowball): `lamps` and `lamp` have one. */
import { LRUCache } from 'lru-cache'
import type { Db } from '#lib/platform/db.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { fold, type Word } from '../words.ts'
import type { StemsOf } from './vocabulary.ts'

/** Languages that are cut into pairs have none. */
const STEMMERS: Partial<Record<Locale, string>> = {
  en: 'english_stem',
  de: 'german_stem',
  fr: 'french_stem',
  es: 'spanish_stem',
  pt: 'portuguese_stem',
}
const MOST_KEPT = 200_000
const HAS_LETTER = /\p{L}/u

/**
 * Another spelling that has the same root: umlauts where a keyboard has none (`stuehle`), plurals that the stemmer does not
 * know (`knives`, `shelves`, `lápices`, `corações`, `animais`).
 */
const OTHER_SPELLINGS: Partial<Record<Locale, readonly (readonly [RegExp, string])[]>> = {
  en: [
    [/(?<=[in])ves$/, 'fe'],
    [/ves$/, 'f'],
  ],
  de: [[/([aou])e/g, '$1\u0308']],
  es: [[/ces$/, 'z']],
  pt: [
    [/(õ|ã)es$/, 'ão'],
    [/([aeéoóu])is$/, '$1l'],
    [/ns$/, 'm'],
  ],
}

function otherSpelling(spelled: string, locale: Locale): string {
  const all = OTHER_SPELLINGS[locale] ?? []
  return all.reduce((text, [ending, written]) => text.replace(ending, written), spelled).normalize('NFC')
}

/** Of each spelling; null: none. */
interface Lexemes extends Record<'spelled' | 'folded' | 'other', string[] | null> {
  readonly key: string
}

export class Stems {
  /** By size: with `max` the memory for all of them, 5 MB, is taken at once. */
  readonly #known = new LRUCache<string, readonly string[]>({ maxSize: MOST_KEPT, sizeCalculation: () => 1 })
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  /** The stems of words that were learned before. */
  of(locale: Locale): StemsOf {
    if (STEMMERS[locale] === undefined) return ({ folded }) => [folded]
    return (word) => this.#known.get(`${locale} ${word.spelled}`) ?? [word.folded]
  }

  /** Asks for those that are not known yet, with one statement. */
  async learn(words: Iterable<readonly [Locale, Word]>): Promise<void> {
    const asked = new Map<string, { readonly stemmer: string; readonly word: Word; readonly other: string }>()
    for (const [locale, word] of words) {
      const stemmer = STEMMERS[locale]
      const key = `${locale} ${word.spelled}`
      if (stemmer !== undefined && HAS_LETTER.test(word.spelled) && !this.#known.has(key))
        asked.set(key, { stemmer, word, other: otherSpelling(word.spelled, locale) })
    }
    if (asked.size === 0) return
    const all = [...asked]
    const rows = await this.#db.$queryRaw<Lexemes[]>`
      SELECT key, ts_lexize(stemmer::regdictionary, spelled) AS spelled, ts_lexize(stemmer::regdictionary, folded) AS folded,
        ts_lexize(stemmer::regdictionary, other) AS other
      FROM unnest(${all.map(([key]) => key)}::text[], ${all.map(([, { stemmer }]) => stemmer)}::text[],
        ${all.map(([, { word }]) => word.spelled)}::text[], ${all.map(([, { word }]) => word.folded)}::text[],
        ${all.map(([, { other }]) => other)}::text[]) AS asked (key, stemmer, spelled, folded, other)`
    for (const { key, spelled, folded, other } of rows) {
      // None at all: a word that the stemmer drops.
      const stems = spelled?.length === 0 ? [] : [...(spelled ?? []), ...(folded ?? []), ...(other ?? [])].map(fold)
      this.#known.set(key, [...new Set(stems)])
    }
  }
}
