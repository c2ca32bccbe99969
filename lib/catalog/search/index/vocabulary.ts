/** The words of all names in one language, each with its products, and which of them a typed word may mean. */
import { LRUCache } from 'lru-cache'
import { editDistance, isPaired, wordsOf, type Word } from '../words.ts'
import { Postings } from './growable.ts'

/** The weight of a word of the query for a product, by the way it was found. */
export const WEIGHT = {
  name: 12,
  synonym: 9,
  colour: 9,
  beginning: 7,
  part: 6,
  category: 5,
  brand: 4,
  similar: 2,
  similarSynonym: 1,
} as const

export interface Meaning {
  readonly postings: Postings
  readonly weight: number
}

/** Its root, as the stemmer of the language has it, with and without accents; none for a word that says nothing by itself. */
export type StemsOf = (word: Word) => readonly string[]

const SHORTEST_BEGINNING = 2
const SHORTEST_PART = 4
/** Letters that may be wrong: none in a short word, or everything would be similar. */
const mistakesIn = ({ length }: string) => (length < 4 ? 0 : length < 8 ? 1 : 2)
const HAS_DIGIT = /\p{N}/u

export class Vocabulary {
  readonly #words = new Map<string, Postings>()
  readonly #byStem = new Map<string, Set<string>>()
  readonly #stemsOf: StemsOf
  /** Looking through all words costs a millisecond for each ten thousand. */
  readonly #meanings = new LRUCache<string, readonly Meaning[]>({ max: 2_000 })

  constructor(stemsOf: StemsOf) {
    this.#stemsOf = stemsOf
  }

  get size(): number {
    return this.#words.size
  }

  get bytes(): number {
    let bytes = 0
    for (const postings of this.#words.values()) bytes += postings.bytes
    return bytes
  }

  /** @param product not below those that were added before */
  add(word: Word, product: number): void {
    let postings = this.#words.get(word.folded)
    if (!postings) {
      postings = new Postings()
      this.#words.set(word.folded, postings)
      for (const stem of this.#stemsOf(word)) {
        const sharing = this.#byStem.get(stem) ?? new Set()
        this.#byStem.set(stem, sharing.add(word.folded))
      }
      this.#meanings.clear()
    }
    postings.add(product)
  }

  /** The word itself and its other forms, such as the plural. */
  #forms(word: Word): Set<string> {
    const forms = new Set(this.#words.has(word.folded) ? [word.folded] : [])
    for (const stem of this.#stemsOf(word)) for (const form of this.#byStem.get(stem) ?? []) forms.add(form)
    return forms
  }

  #meaning(folded: string, weight: number): Meaning[] {
    const postings = this.#words.get(folded)
    return postings ? [{ postings, weight }] : []
  }

  /**
   * The meanings of the word, the best first: itself in each form, its synonyms, words that begin with it or have it in them.
   * @param synonyms in this language
   */
  meanings(word: Word, synonyms: readonly Word[]): readonly Meaning[] {
    const key = [word, ...synonyms].map(({ spelled }) => spelled).join(' ')
    const known = this.#meanings.get(key)
    if (known) return known
    const { folded } = word
    const weights = new Map<string, number>()
    const take = (found: Iterable<string>, weight: number) => {
      for (const form of found) if (!weights.has(form)) weights.set(form, weight)
    }
    take(this.#forms(word), WEIGHT.name)
    for (const synonym of synonyms) take(this.#forms(synonym), WEIGHT.synonym)
    const isShort = folded.length < SHORTEST_BEGINNING && !isPaired(folded)
    const hasPart = !HAS_DIGIT.test(folded)
    if (!isShort || weights.size === 0) {
      const parts: string[] = []
      const roots = [folded, ...this.#stemsOf(word)].filter(({ length }) => length >= SHORTEST_PART)
      for (const other of this.#words.keys()) {
        if (other.startsWith(folded)) take([other], WEIGHT.beginning)
        else if (hasPart && roots.some((root) => other.includes(root))) parts.push(other)
      }
      take(parts, WEIGHT.part)
      if (isPaired(folded) && folded.length === 1)
        take(
          [...this.#words.keys()].filter((other) => other.endsWith(folded)),
          WEIGHT.part,
        )
    }
    const meanings = [...weights].flatMap(([form, weight]) => this.#meaning(form, weight))
    const sorted = meanings.toSorted((a, b) => b.weight - a.weight)
    this.#meanings.set(key, sorted)
    return sorted
  }

  /** The products with the word as it is typed. */
  exactly({ folded }: Word): Postings | undefined {
    return this.#words.get(folded)
  }

  /**
   * Words that it may be a slip of, the nearest alone; or synonyms of names, which stand for these.
   * @param synonyms of each word in this language
   */
  similar({ folded }: Word, synonyms: ReadonlyMap<string, readonly string[]>): readonly Meaning[] {
    const most = HAS_DIGIT.test(folded) || isPaired(folded) ? 0 : mistakesIn(folded)
    if (most === 0) return []
    let nearest = most
    let found: Meaning[] = []
    const compare = (other: string, meanings: () => readonly Meaning[]) => {
      const distance = editDistance(folded, other, nearest)
      if (distance > nearest) return
      const meant = meanings()
      if (meant.length === 0) return
      if (distance < nearest) found = []
      nearest = distance
      found.push(...meant)
    }
    for (const other of this.#words.keys()) compare(other, () => this.#meaning(other, WEIGHT.similar))
    for (const [other, same] of synonyms)
      compare(other, () =>
        same
          .flatMap(wordsOf)
          .flatMap((word) => [...this.#forms(word)].flatMap((form) => this.#meaning(form, WEIGHT.similarSynonym))),
      )
    return found
  }
}
