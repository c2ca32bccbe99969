/** The one tokenizer of the search: names are indexed with it, and queries are read with it. */

/** Written without spaces between words: cut into pairs of characters. */
const PAIRED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}ー々`
/** A number with its decimals, or a fraction. */
const NUMBER = String.raw`\p{N}+(?:[.,]\p{N}+)*(?:\/\p{N}+)?`
const TOKEN = new RegExp(`(?<number>${NUMBER})|(?<paired>[${PAIRED}]+)|(?:(?![${PAIRED}])[\\p{L}\\p{M}])+`, 'gu')
/** The same for texts without those letters, which most names are: in a third of the time. */
const TOKEN_UNPAIRED = new RegExp(`(?<number>${NUMBER})|(?<paired>(?!))|[\\p{L}\\p{M}]+`, 'gu')
const TOKEN_PLAIN = /(?<number>[0-9]+(?:[.,][0-9]+)*(?:\/[0-9]+)?)|(?<paired>(?!))|[a-z]+/g
const LATIN = /^[\u0020-\u10ff\u1e00-\u206f]*$/
const tokenOf = (text: string) => (PLAIN.test(text) ? TOKEN_PLAIN : LATIN.test(text) ? TOKEN_UNPAIRED : TOKEN)

/** Characters that join the parts of one word. */
const JOINTS = /^[-./'’+&]$/
const PLAIN = /^[\u0020-\u007e]*$/
const LETTERS: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ł: 'l', ı: 'i' }

export interface Word {
  /** In lower case, composed: what a stemmer reads. */
  readonly spelled: string
  /** Without accents: what is compared. */
  readonly folded: string
}

/** Without accents, in lower case: `Müller` and `muller` are one word. */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase()
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[ßæœøđłı]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC')
}

function pairsOf(run: string): string[] {
  const characters = [...run]
  return characters.length === 1 ? characters : characters.slice(1).map((second, i) => `${characters[i]}${second}`)
}

const wordOf = (spelled: string): Word => ({ spelled, folded: fold(spelled) })

/**
 * The words of a query, in their order; each of them has to be found.
 * @example wordsOf('Cable 3,5mm') // cable, 3.5, mm
 */
export function wordsOf(text: string): Word[] {
  const spelled = text.normalize('NFKC').toLowerCase()
  return [...spelled.matchAll(tokenOf(spelled))].flatMap(({ 0: token, groups }) => {
    if (groups?.['number'] !== undefined) return [wordOf(token.replaceAll(',', '.'))]
    return groups?.['paired'] === undefined ? [wordOf(token)] : pairsOf(token).map(wordOf)
  })
}

/**
 * The words that a text is found by: its own, and those that people write in one, such as `nodejs`.
 * @example indexedWords('USB-C') // usb, c, usbc
 */
export function indexedWords(text: string): Word[] {
  const spelled = text.normalize('NFKC').toLowerCase()
  const words: Word[] = []
  let joined = ''
  let end = -1
  const close = () => {
    if (joined !== '') words.push(wordOf(joined))
    joined = ''
  }
  let before = ''
  for (const { 0: token, index, groups } of spelled.matchAll(tokenOf(spelled))) {
    const isWord = groups?.['number'] === undefined && groups?.['paired'] === undefined
    if (isWord && before !== '' && index === end + 1 && JOINTS.test(spelled.charAt(end)))
      joined = (joined === '' ? before : joined) + token
    else close()
    before = isWord ? token : ''
    end = index + token.length
    if (groups?.['number'] !== undefined) words.push(wordOf(token.replaceAll(',', '.')))
    else if (isWord) words.push(wordOf(token))
    else words.push(...pairsOf(token).map(wordOf))
  }
  close()
  return words
}

/** Whether the word is of a language that is cut into pairs. */
const IS_PAIRED = new RegExp(`^[${PAIRED}]`, 'u')
export const isPaired = (word: string): boolean => IS_PAIRED.test(word)

/**
 * The number of letters to change, leave out, put in or swap with a neighbour. fastest-levenshtein knows no swap and
 * no bound at which it gives up.
 * @returns more than `most` when it is more
 */
export function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let [before, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, i) => i)]
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1]
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
      least = Math.min(least, cost)
    }
    if (least > most) return most + 1
    ;[before, last] = [last, row]
  }
  return last[b.length] ?? most + 1
}
