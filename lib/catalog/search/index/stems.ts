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

export class Stems {
  readonly #known = new LRUCache<string, readonly string[]>({ max: MOST_KEPT })
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
    const asked = new Map<string, { readonly stemmer: string; readonly word: Word }>()
    for (const [locale, word] of words) {
      const stemmer = STEMMERS[locale]
      const key = `${locale} ${word.spelled}`
      if (stemmer !== undefined && HAS_LETTER.test(word.spelled) && !this.#known.has(key))
        asked.set(key, { stemmer, word })
    }
    if (asked.size === 0) return
    const all = [...asked]
    const rows = await this.#db.$queryRaw<{ key: string; spelled: string[] | null; folded: string[] | null }[]>`
      SELECT key, ts_lexize(stemmer::regdictionary, spelled) AS spelled, ts_lexize(stemmer::regdictionary, folded) AS folded
      FROM unnest(${all.map(([key]) => key)}::text[], ${all.map(([, { stemmer }]) => stemmer)}::text[],
        ${all.map(([, { word }]) => word.spelled)}::text[], ${all.map(([, { word }]) => word.folded)}::text[])
        AS asked (key, stemmer, spelled, folded)`
    for (const { key, spelled, folded } of rows) {
      // None at all: a word that the stemmer drops.
      const stems = spelled?.length === 0 ? [] : [...(spelled ?? []), ...(folded ?? [])].map(fold)
      this.#known.set(key, [...new Set(stems)])
    }
  }
}
