/** Finds the meanings of the words of a query: names, brands, colours, categories; and, if nothing else, a slip of the pen. */
import type { Locale } from '#lib/platform/locales.ts'
import { nameIn } from '../../categories.ts'
import { colourAtStart, coloursMeant, isCutIntoPairs, saysLittle } from '../synonyms.ts'
import { editDistance, fold, isPaired, wordsOf, type Word } from '../words.ts'
import type { Dictionary, Postings } from './growable.ts'
import type { Meanings } from './matching.ts'
import type { StemsOf, Vocabulary } from './vocabulary.ts'

export interface Category {
  readonly id: number
  readonly names: Readonly<Record<string, string>>
}

interface Surroundings {
  readonly locale: Locale
  readonly strict: boolean
  readonly vocabulary: Vocabulary
  readonly stemsOf: StemsOf
  readonly synonyms: ReadonlyMap<string, readonly string[]>
  readonly categories: readonly Category[]
  readonly brands: Dictionary
  readonly colours: Dictionary
}

/** Those of another form of the word, too: `rucksacks`. */
function synonymsOf(word: Word, { synonyms, stemsOf }: Surroundings): readonly string[] {
  const own = synonyms.get(word.folded)
  if (own) return own
  const stems = new Set(stemsOf(word))
  const isForm = (key: string) => stemsOf({ spelled: key, folded: key }).some((stem) => stems.has(stem))
  return [...synonyms].find(([key]) => isForm(key))?.[1] ?? []
}

const NONE: Meanings = { names: [], categories: [], brands: [], colours: [] }
export const isEmpty = ({ names, categories, brands, colours }: Meanings) =>
  names.length + categories.length + brands.length + colours.length === 0

/** Brands change seldom: their words are found by the text. */
const brandWords = new Map<string, readonly string[]>()
function wordsOfBrand(brand: string): readonly string[] {
  const known = brandWords.get(brand)
  if (known) return known
  const words = wordsOf(brand).map(({ folded }) => folded)
  if (brandWords.size > 50_000) brandWords.clear()
  brandWords.set(brand, words)
  return words
}

/**
 * A brand is meant by its name from the start: `tilde` and `tilde oak` mean Tilde & Oak, `oak` means the wood.
 * @returns for each word the numbers of the brands
 */
function brandsMeant(words: readonly Word[], { brands }: Surroundings): number[][] {
  const meant: number[][] = words.map(() => [])
  for (const [number, brand] of brands.texts.entries()) {
    const own = wordsOfBrand(brand)
    for (let from = 0; own.length > 0 && from < words.length; from += 1) {
      let many = 0
      while (many < own.length && words[from + many]?.folded === own[many]) many += 1
      const next = words[from + many]?.folded
      // The word that is being typed may be the beginning of the brand's next one.
      if (next !== undefined && from + many === words.length - 1 && next.length > 1 && own[many]?.startsWith(next))
        many += 1
      for (let at = from; at < from + many; at += 1) meant[at]?.push(number)
    }
  }
  return meant
}

const SHORTEST_BEGINNING = 4
/** A plural that the stemmer does not know, and a word that is being typed. */
const beginsAlike = (own: string, typed: string) => typed.length >= SHORTEST_BEGINNING && own.startsWith(typed)

function categoriesMeant(word: Word, { categories, locale, stemsOf }: Surroundings): number[] {
  const stems = new Set([word.folded, ...stemsOf(word)])
  return categories
    .filter(({ names }) =>
      wordsOf(nameIn(names, locale)).some((own) => {
        const ownStems = stemsOf(own)
        if (ownStems.length === 0) return false
        return [own.folded, ...ownStems].some((stem) => stems.has(stem)) || beginsAlike(own.folded, word.folded)
      }),
    )
    .map(({ id }) => id)
}

function colourNumbers(word: Word, { locale, colours, stemsOf }: Surroundings): number[] {
  const meant = coloursMeant([word.folded, ...stemsOf(word)], locale, stemsOf)
  return meant.flatMap((colour) => colours.find(colour) ?? [])
}

/** Brands of which it is a word, or may be a slip of one. */
function brandsLike({ folded }: Word, { brands }: Surroundings, mistakes: number): number[] {
  const likes = (own: string) => own.startsWith(folded) || editDistance(own, folded, mistakes) <= mistakes
  return brands.texts.flatMap((brand, number) => (wordsOfBrand(brand).some(likes) ? [number] : []))
}

/** Colour words of a language without blanks, taken off the text. */
function apart(
  text: string,
  words: readonly Word[],
  locale: Locale,
): { words: readonly Word[]; shades: readonly string[] } {
  if (!isCutIntoPairs(locale)) return { words, shades: [] }
  const shades: string[] = []
  const rest = fold(text)
    .split(/\s+/)
    .map((part) => {
      const found = colourAtStart(part, locale)
      if (!found) return part
      shades.push(found.colour)
      return found.rest
    })
  return shades.length === 0 ? { words, shades } : { words: wordsOf(rest.join(' ')), shades }
}

/** The words of names that the word makes with one neighbour or two: `lap top`, `1 250 500`. */
function joinedWords(word: Word, words: readonly Word[], vocabulary: Vocabulary): Word[] {
  const at = words.indexOf(word)
  const runs = [2, 3].flatMap((many) =>
    Array.from({ length: many }, (_, before) => at - before)
      .filter((from) => from >= 0 && from + many <= words.length)
      .map((from) => words.slice(from, from + many)),
  )
  return runs.flatMap((run) => {
    if (run.some(({ folded }) => isPaired(folded))) return []
    const joined = {
      spelled: run.map(({ spelled }) => spelled).join(''),
      folded: run.map(({ folded }) => folded).join(''),
    }
    return vocabulary.exactly(joined) ? [joined] : []
  })
}

const SHORTEST_HALF = 3

/** The words of names that it is made of: `oakchair`. None where it is not two. */
function partedWords({ folded }: Word, vocabulary: Vocabulary): Word[] {
  for (let at = SHORTEST_HALF; at <= folded.length - SHORTEST_HALF; at += 1) {
    const halves = [folded.slice(0, at), folded.slice(at)].map((half) => ({ spelled: half, folded: half }))
    if (halves.every((half) => vocabulary.exactly(half))) return halves
  }
  return []
}

export interface QueryMeanings {
  /** One for each word that says something; a word that means nothing in this shop has an empty one, which no product meets. */
  readonly words: readonly Meanings[]
  /** Products with a word that says nothing by itself: they are the better ones. */
  readonly besides: readonly Postings[]
}

export function meaningsOf(text: string, typed: readonly Word[], around: Surroundings): QueryMeanings {
  const { vocabulary, stemsOf, synonyms, locale, colours, strict } = around
  const { words, shades } = apart(text, typed, locale)
  // Words such as `the` and `de` say nothing, unless there is nothing else.
  const telling = words.filter((word) => stemsOf(word).length > 0)
  const used = telling.length > 0 || shades.length > 0 ? telling : words
  const brands = brandsMeant(used, around)
  const ofWords = used.flatMap((word, i): Meanings[] => {
    const others = synonymsOf(word, around).flatMap(wordsOf)
    const meant: Meanings = {
      names: vocabulary.meanings(word, [...others, ...joinedWords(word, words, vocabulary)]),
      categories: categoriesMeant(word, around),
      brands: brands[i] ?? [],
      colours: colourNumbers(word, around),
    }
    if (!isEmpty(meant)) return [meant]
    if (!strict && used.length + shades.length > 1 && saysLittle(word, locale)) return []
    const inBrands = brandsLike(word, around, 0)
    if (inBrands.length > 0 || strict) return [{ ...NONE, brands: inBrands }]
    const parts = partedWords(word, vocabulary)
    if (parts.length > 0) return parts.map((part) => ({ ...NONE, names: vocabulary.meanings(part, []) }))
    const similar = vocabulary.similar(word, synonyms)
    return similar.length > 0
      ? [{ ...NONE, names: similar }]
      : [{ ...NONE, brands: word.folded.length < 4 ? [] : brandsLike(word, around, 1) }]
  })
  const ofShades = shades.map((shade): Meanings => ({
    ...NONE,
    colours: coloursMeant([fold(shade)], locale, stemsOf).flatMap((colour) => colours.find(colour) ?? []),
  }))
  const meant = [...ofWords, ...ofShades]
  return {
    words: meant.length > 0 ? meant : used.map(() => NONE),
    besides: words.flatMap((word) => (used.includes(word) ? [] : (vocabulary.exactly(word) ?? []))),
  }
}
