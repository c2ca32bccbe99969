/** Names and descriptions in the other languages, put together from the translated parts in `texts`. */
import { readFileSync } from 'node:fs'
import { DEFAULT_LOCALE, LOCALES, type Locale } from '#lib/platform/locales.ts'
import type { KindWords } from './words/index.ts'

type Language = Exclude<Locale, typeof DEFAULT_LOCALE>

/** The columns of `texts/names.txt`, and how a name is put together. */
const NAMES = {
  de: '{model} {type}, {material}, {colour}',
  fr: '{type} {model}, {material}, {colour}',
  es: '{type} {model}, {material}, {colour}',
  pt: '{type} {model}, {material}, {colour}',
  ja: '{model} {type} {material} {colour}',
  ko: '{model} {type} {material} {colour}',
} as const satisfies Record<Language, string>

/** Stands last, behind what it is separated with. */
const COLOUR = /,? \{colour\}$/

/** In the order of the columns. */
const LANGUAGES = LOCALES.filter((locale): locale is Language => locale !== DEFAULT_LOCALE)
/** Between sentences: Japanese has its full stop alone. */
const JOIN: Partial<Record<Language, string>> = { ja: '' }
const LISTS = ['types', 'materials', 'colours'] as const

export interface ProductParts {
  readonly kind: KindWords
  readonly type: string
  readonly material: string
  readonly colour: string
  readonly model: string
  readonly brand: string
  readonly size?: string
  /** In English, as the kind has them. */
  readonly sentences: readonly string[]
}

export interface Translation {
  /** By language. */
  readonly names: Readonly<Record<string, string>>
  /** The same without the property that distinguishes it within its group. */
  readonly groupNames: Readonly<Record<string, string>>
  readonly descriptions: Readonly<Record<string, string>>
}

/** Lines by the heading in brackets above them. */
function sections(file: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  let lines: string[] = []
  for (const line of readFileSync(new URL(`texts/${file}.txt`, import.meta.url), 'utf8').split('\n')) {
    const heading = /^\[(.+)\]$/.exec(line)?.[1]
    if (heading !== undefined) found.set(heading, (lines = []))
    else if (line !== '' && !line.startsWith('#')) lines.push(line)
  }
  return found
}

function wordsOf(list: string, names: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  return new Map(
    (names.get(list) ?? []).map((line) => {
      const [english = '', ...others] = line.split(' | ')
      return [english, others]
    }),
  )
}

const loaded = () => {
  const names = sections('names')
  return {
    words: Object.fromEntries(LISTS.map((list) => [list, wordsOf(list, names)])),
    sentences: new Map(LANGUAGES.map((language) => [language, sections(language)])),
  }
}
let texts: ReturnType<typeof loaded> | undefined

const fill = (text: string, words: Readonly<Record<string, string>>) =>
  text.replace(/\{(\w+)\}/g, (slot, name: string) => words[name] ?? slot)

/**
 * @returns what the shop shows outside of English
 * @throws {Error} naming the word or the sentence that has no translation
 */
export function translate(parts: ProductParts): Translation {
  texts ??= loaded()
  const { words, sentences } = texts
  const wordIn = (list: (typeof LISTS)[number], english: string, at: number) => {
    const word = words[list]?.get(english)?.[at]
    if (word === undefined) throw new Error(`texts/names.txt has no ${LANGUAGES[at]} for ${english} (${list})`)
    return word
  }
  const { kind, model, brand, size } = parts
  const english = [...kind.openings, ...kind.features, ...kind.details]
  const names: [Language, string][] = []
  const groupNames: [Language, string][] = []
  const descriptions: [Language, string][] = []
  for (const [at, language] of LANGUAGES.entries()) {
    const own = {
      model,
      brand,
      type: wordIn('types', parts.type, at),
      material: wordIn('materials', parts.material, at),
      colour: wordIn('colours', parts.colour, at),
    }
    const lines = sentences.get(language)?.get(kind.category) ?? []
    if (lines.length !== english.length)
      throw new Error(`texts/${language}.txt has ${lines.length} sentences for ${kind.category}, not ${english.length}`)
    const said = parts.sentences.map((sentence) => fill(lines[english.indexOf(sentence)] ?? '', own))
    const name = NAMES[language]
    const [between = ''] = COLOUR.exec(name)?.[0].split('{') ?? []
    names.push([language, fill(name, own) + (size === undefined ? '' : between + size)])
    groupNames.push([language, fill(name.replace(COLOUR, ''), own)])
    descriptions.push([language, said.join(JOIN[language] ?? ' ')])
  }
  return {
    names: Object.fromEntries(names),
    groupNames: Object.fromEntries(groupNames),
    descriptions: Object.fromEntries(descriptions),
  }
}
