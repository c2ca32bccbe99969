import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { LOCALES, type Locale } from '#lib/platform/locales.ts'
import { fillText } from './fillText.ts'

/** Every text of a language by its path, such as `Cart.title`. */
function texts(locale: Locale): Map<string, string> {
  const all = new Map<string, string>()
  const collect = (node: unknown, at: string[]): void => {
    if (typeof node === 'string') all.set(at.join('.'), node)
    else if (node && typeof node === 'object')
      for (const [key, value] of Object.entries(node)) collect(value, [...at, key])
  }
  collect(JSON.parse(readFileSync(path.join(import.meta.dirname, 'messages', `${locale}.json`), 'utf8')), [])
  return all
}

const places = (text: string | undefined) =>
  [...(text ?? '').matchAll(/\{(\w+)[,}]/g)].map((match) => match[1]).toSorted()

const english = texts('en')

describe.each(LOCALES.filter((locale) => locale !== 'en'))('the texts in %s', (locale) => {
  const translated = texts(locale)

  it('are all there, and none is left over', () => {
    expect([...translated.keys()]).toEqual([...english.keys()])
  })

  it('have the same places for values as the English ones', () => {
    for (const [key, text] of english) expect([key, places(translated.get(key))]).toEqual([key, places(text)])
  })

  it('are translated: apart from names and words that both languages share, none is English', () => {
    const same = [...translated].filter(([key, text]) => text === english.get(key)).map(([key]) => key)
    const shared = [
      'Shop.name',
      'Category.pages',
      'Category.page',
      'Product.description',
      'Product.details',
      'Product.pictureOf',
      'Client.total',
      'Colours.indigo',
      'Colours.sand',
    ]
    expect(same.filter((key) => !shared.includes(key) && !/^(Search\.(sortName|titleFor))$/.test(key))).toEqual([])
  })
})

it.each([
  ['es', /\busted(es)?\b/i, 'it says tú'],
  ['de', /\b(du|dein\w*|dich|dir)\b/i, 'it says Sie'],
  ['fr', /(?<!\p{L})(tu|toi|tes)(?!\p{L})/iu, 'it says vous'],
  ['ja', /通常価格/, 'a usual price is a claim of its own in law; the price before is 以前の価格'],
  ['pt', /código postal|telemóvel|encomenda/i, 'it is of Brazil'],
] as const)('the texts in %s have no %s: %s', (locale, word, _reason) => {
  const files = ['messages', 'policies'].map((folder) =>
    readFileSync(path.join(import.meta.dirname, folder, `${locale}.json`), 'utf8'),
  )
  for (const text of files) expect(text.match(word)?.[0]).toBeUndefined()
})

describe('fillText', () => {
  it('puts values in their places and leaves an unknown place as it is', () => {
    expect(fillText('{product}: {price} {other}', { product: 'Chair', price: '€1' })).toBe('Chair: €1 {other}')
  })

  it('takes a value as it is, also when it looks like a place or a replacement pattern', () => {
    expect(fillText('{product}', { product: '{price} $& $1' })).toBe('{price} $& $1')
  })
})
