/**
 * The products of the shop in memory, and what a query finds of them: words, filters, counts of each facet, the first ones in an
 * order. A search visits columns of numbers, so that it takes milliseconds with a million products, and its counts are exact.
 * Knows no database: `loadedIndex.ts` fills it and keeps it current.
 */
import { DEFAULT_LOCALE, LOCALES, type Locale } from '#lib/platform/locales.ts'
import { canonical, synonymsIn } from '../synonyms.ts'
import { indexedWords, wordsOf, type Word } from '../words.ts'
import { countFacets, type Facets, type Matches } from './facets.ts'
import type { Filters } from './filters.ts'
import { Vocabulary, type StemsOf } from './vocabulary.ts'
import { ALIVE, Products, type IndexedProduct } from './products.ts'
import { FOUND, markMatches, markThese, type Marks } from './matching.ts'
import { rowsOfPage, type Sorting } from './pageOfCards.ts'
import { isEmpty, meaningsOf, type Category, type QueryMeanings } from './meanings.ts'

export interface IndexQuery extends Filters, Sorting {
  /** From 1; the last one, where a later one is asked for. */
  readonly page: number
  readonly perPage: number
  /** Products among which it looks, in place of the words. */
  readonly only?: readonly number[]
  /** Whether a slip of the pen finds nothing: where prices are changed by what is found. */
  readonly strict?: boolean
}

export interface Found {
  readonly total: number
  readonly page: number
  /** Those of the page, in their order; of a group the one that matches best. */
  readonly ids: readonly number[]
  /** By each of these ids all that was found of its group, itself too. */
  readonly beside: ReadonlyMap<number, readonly number[]>
  readonly facets: Facets
}

const MOST_WORDS = 8

export class SearchIndex {
  readonly products = new Products(LOCALES)
  readonly #vocabularies: ReadonlyMap<Locale, Vocabulary>
  readonly #synonyms = new Map(LOCALES.map((locale) => [locale, synonymsIn(locale)]))
  #categories: readonly Category[] = []
  #marks: Marks = { found: new Uint8Array(0), scores: new Uint16Array(0), rows: new Uint32Array(0) }
  readonly #stemsOf: (locale: Locale) => StemsOf

  constructor(stemsOf: (locale: Locale) => StemsOf) {
    this.#stemsOf = stemsOf
    this.#vocabularies = new Map(LOCALES.map((locale) => [locale, new Vocabulary(stemsOf(locale))]))
  }

  setCategories(categories: readonly Category[]): void {
    this.#categories = categories
  }

  /** The words of a product's name by language, as they are indexed. */
  static wordsOf({ name, names }: IndexedProduct): Map<Locale, Word[]> {
    return new Map(LOCALES.map((locale) => [locale, indexedWords(canonical(names[locale] ?? name, locale))]))
  }

  /** @param words of its name by language, whose stems have to be known */
  add(product: IndexedProduct, words: ReadonlyMap<Locale, readonly Word[]>): void {
    const row = this.products.add(product)
    for (const [locale, own] of words) {
      let many = 0
      for (const word of own) {
        this.#vocabularies.get(locale)?.add(word, row)
        if (word.beside !== true) many += 1
      }
      this.products.nameWords.get(locale)?.set(row, many)
    }
  }

  /** Memory of the words in bytes. */
  get bytes(): number {
    return [...this.#vocabularies.values()].reduce((sum, vocabulary) => sum + vocabulary.bytes, 0)
  }

  find(query: IndexQuery): Found {
    const { products } = this
    const { total, length, facets } = this.#visit(query)
    const page = Math.max(1, Math.min(query.page, Math.ceil(total / Math.max(1, query.perPage))))
    const range = { from: (page - 1) * query.perPage, to: Math.min(page * query.perPage, total) }
    const rows = rowsOfPage(products, this.#marks, query, { total, length }, range)
    const idOf = (row: number) => products.ids.values[row] ?? 0
    const isFound = (row: number) => this.#marks.found[row] === FOUND
    return {
      total,
      page,
      ids: rows.map(idOf),
      beside: new Map(rows.map((row) => [idOf(row), products.rowsBeside(row).filter(isFound).map(idOf)])),
      facets,
    }
  }

  /** Ids of all products with the words, discontinued ones too, in no order. */
  all(query: Pick<IndexQuery, 'text' | 'locale' | 'only' | 'strict'>): number[] {
    const { found, wanted } = this.#markWords(query)
    const { length, flags, ids } = this.products
    const [flag, id] = [flags.values, ids.values]
    const all: number[] = []
    for (let row = 0; row < length; row += 1)
      if (found[row] === wanted && ((flag[row] ?? 0) & ALIVE) !== 0) all.push(id[row] ?? 0)
    return all
  }

  /**
   * The language in which the text is asked for by people who name things in any: the first that knows each word of it, without
   * slips; the default one where none does.
   */
  languageOf(text: string): Locale {
    const isKnown = (locale: Locale) => {
      const words = this.#meaningsOf({ text, locale, strict: true })?.words ?? []
      return words.length > 0 && !words.some(isEmpty)
    }
    return LOCALES.find(isKnown) ?? DEFAULT_LOCALE
  }

  #visit(query: IndexQuery): Matches {
    const { found, rows, wanted } = this.#markWords(query)
    return countFacets(this.products, found, wanted, query, rows)
  }

  /** @returns `wanted`: how many words a product must have */
  #markWords(query: Pick<IndexQuery, 'text' | 'locale' | 'only' | 'strict'>): Marks & { readonly wanted: number } {
    const { products } = this
    if (this.#marks.found.length < products.length) {
      const length = Math.ceil(products.length * 1.2)
      this.#marks = { found: new Uint8Array(length), scores: new Uint16Array(length), rows: new Uint32Array(length) }
    }
    const marks = this.#marks
    const wanted = query.only ? markThese(products, query.only, marks) : this.#mark(query, marks)
    return { ...marks, wanted }
  }

  #meaningsOf({
    text,
    locale,
    strict = false,
  }: Pick<IndexQuery, 'text' | 'locale' | 'strict'>): (QueryMeanings & { readonly typed: number }) | undefined {
    const { products } = this
    const vocabulary = this.#vocabularies.get(locale)
    if (!vocabulary) return undefined
    const spelled = canonical(text, locale)
    const typed = wordsOf(spelled).slice(0, MOST_WORDS)
    const meanings = meaningsOf(spelled, typed, {
      locale,
      strict,
      vocabulary,
      stemsOf: this.#stemsOf(locale),
      synonyms: this.#synonyms.get(locale) ?? new Map(),
      categories: this.#categories,
      brands: products.traits.brandNames,
      colours: products.traits.colourNames,
    })
    return { ...meanings, typed: typed.length }
  }

  /** @returns how many words a product must have */
  #mark(query: Pick<IndexQuery, 'text' | 'locale' | 'strict'>, marks: Marks): number {
    const { products } = this
    const nameWords = products.nameWords.get(query.locale)?.values ?? new Uint8Array()
    const { words = [], besides = [], typed = 0 } = this.#meaningsOf(query) ?? {}
    return markMatches(products, words, { besides, typed, nameWords }, marks)
  }
}
