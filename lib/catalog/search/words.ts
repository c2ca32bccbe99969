/** The one tokenizer of the search: names are indexed with it, and queries are read with it. */

/** Written without spaces between words: cut into pairs of characters. */
const PAIRED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}ー々`
/** A number with its decimals, also without a zero before them, or a fraction. */
const NUMBER = String.raw`(?:[.,](?<![\p{L}\p{N}].))?\p{N}+(?:[.,]\p{N}+)*(?:\/\p{N}+)?`
/** Signs of a name such as `C++`, `C#`, `A+`. */
const SIGNS = String.raw`(?:[+#]{1,2}(?![\p{L}\p{M}\p{N}]))?`
const TOKEN = new RegExp(
  `(?<number>${NUMBER})|(?<paired>[${PAIRED}]+)|(?![${PAIRED}])\\p{L}(?:(?![${PAIRED}])[\\p{L}\\p{M}])*${SIGNS}`,
  'gu',
)
/** The same for texts without those letters, which most names are: in a third of the time. */
const TOKEN_UNPAIRED = new RegExp(`(?<number>${NUMBER})|(?<paired>(?!))|\\p{L}[\\p{L}\\p{M}]*${SIGNS}`, 'gu')
const TOKEN_PLAIN =
  /(?<number>(?:[.,](?<![a-z0-9].))?[0-9]+(?:[.,][0-9]+)*(?:\/[0-9]+)?)|(?<paired>(?!))|[a-z]+(?:[+#]{1,2}(?![a-z0-9]))?/g
const LATIN = /^[\u0020-\u10ff\u1e00-\u206f]*$/
const tokenOf = (text: string) => (PLAIN.test(text) ? TOKEN_PLAIN : LATIN.test(text) ? TOKEN_UNPAIRED : TOKEN)

/** Characters that join the parts of one word. */
const JOINTS = /^[-‐–./'’`+&·]$/
const PLAIN = /^[\u0020-\u007e]*$/
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
}

export interface Word {
  /** In lower case, composed: what a stemmer reads. */
  readonly spelled: string
  /** Without accents: what is compared. */
  readonly folded: string
  /** Not a word of the text itself: another way to write some of it. */
  readonly beside?: true
}

const HIRAGANA = /[\u3041-\u3096]/g
const TO_KATAKANA = 0x60
const VU = /ヴ([ァィェォ]?)/g
const SMALL_VOWEL = /[ァィゥェォ]/g

/** Japanese in one script: `そふぁ` is `ソファ`, `ヴァ` is `バ`, `ウォッチ` is `ウオッチ`. */
function inKatakana(text: string): string {
  return text
    .replace(HIRAGANA, (letter) => String.fromCharCode(letter.charCodeAt(0) + TO_KATAKANA))
    .replace(VU, (_, vowel: string) => (vowel === '' ? 'ブ' : ('バビベボ'['ァィェォ'.indexOf(vowel)] ?? 'ブ')))
    .replace(SMALL_VOWEL, (letter) => String.fromCharCode(letter.charCodeAt(0) + 1))
}

const FRACTION = /(?<=\p{N})[\u00bc-\u00be\u2150-\u215e]/gu
/** What few texts have: looked for once, so that the others cost nothing. */
const UNUSUAL = /[\u00d7\u2044\u3041-\u3096ヴァィゥェォ]/
/** Say where a word may be broken, in which direction it is read, how a sign before them is drawn: no part of it. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\ufe00-\ufe0f]|\u20e3/g
/** Signs that people type for an apostrophe. */
const APOSTROPHES = /[\u00b4\u02b9-\u02bf\u2018\u201b\u2032]/g

/** In the characters that are compared: `½` is 1/2, `×` an x, a letter of full width the usual one. */
function plainly(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase()
  const signs = text.replace(FRACTION, ' $&').replace(APOSTROPHES, '’').replaceAll('″', '"')
  const plain = signs.normalize('NFKC').replace(INVISIBLE, '').toLowerCase()
  if (!UNUSUAL.test(plain)) return plain
  return inKatakana(plain.replaceAll('\u2044', '/').replaceAll('×', ' x '))
}

/** Without accents, in lower case: `Müller` and `muller` are one word. */
export const fold = (text: string): string => folded(plainly(text))

function folded(plain: string): string {
  if (PLAIN.test(plain)) return plain
  return plain
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[ßæœøđðþłı]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC')
}

function pairsOf(run: string): string[] {
  // The long vowel at the end is written or not: `サーバー`, `サーバ`.
  const characters = [...(run.length > 2 ? run.replace(/ー$/, '') : run)]
  return characters.length === 1 ? characters : characters.slice(1).map((second, i) => `${characters[i]}${second}`)
}

const wordOf = (spelled: string): Word => ({ spelled, folded: folded(spelled) })
const besides = (spelled: string): Word => ({ spelled, folded: folded(spelled), beside: true })
const THOUSANDS = /^[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*(?:(?!\1)[.,]\d+)?$/
/** `3,50` and `3.5`, `3.0` and `3`, `.5` and `0.5`, `10,000` and `10000`, `1.250,5` and `1250.5` are one. */
function numberOf(token: string): Word {
  const separator = THOUSANDS.exec(token)?.[1]
  const ungrouped = separator === undefined ? token : token.replaceAll(separator, '')
  const decimal = ungrouped.replaceAll(',', '.').replace(/^\./, '0.')
  return wordOf(decimal.replace(/(\.\p{N}*?)0+$/u, '$1').replace(/\.$/, ''))
}
/** What may be one number, with its thousands set apart: `1 000`, `15 256`, `1’250,5`. */
const SET_APART = /(?<![\p{L}\p{N}.,/])[1-9]\d{0,2}(?:[ '’]\d{3})+(?:[.,]\d+)?(?!\p{N})/gu
const closed = (run: string) => run.replace(/[ '’]/g, '')
/** In the characters that are compared. A part that begins with a zero is no number of its own: `1 000` is one. */
const spelledOut = (text: string): string =>
  plainly(text).replace(SET_APART, (run) => (/[ '’]0/.test(run) ? closed(run) : run))
const INCHES = /["”]|['’]{2}/y
const HAS_SIGNS = /[+#]$/
const withoutSigns = (token: string) => token.replace(/[+#]+$/, '')
/** Of one or two letters. Signs behind a longer word say nothing. */
const isSigned = (token: string) => HAS_SIGNS.test(token) && withoutSigns(token).length <= 2
const lettersOf = (token: string): Word =>
  wordOf(HAS_SIGNS.test(token) && !isSigned(token) ? withoutSigns(token) : token)

/**
 * The words of a query, in their order; each of them has to be found.
 * @example wordsOf('Cable 3,5mm') // cable, 3.5, mm
 */
export function wordsOf(text: string): Word[] {
  const spelled = spelledOut(text)
  return [...spelled.matchAll(tokenOf(spelled))].flatMap(({ 0: token, groups }) => {
    if (groups?.['number'] !== undefined) return [numberOf(token)]
    return groups?.['paired'] === undefined ? [lettersOf(token)] : pairsOf(token).map(wordOf)
  })
}

/**
 * The words that a text is found by: its own, and what people write in their place, such as `nodejs`, or `inch` for `"`.
 * @example indexedWords('USB-C') // usb, c, usbc
 */
export function indexedWords(text: string): Word[] {
  const spelled = spelledOut(text)
  const words: Word[] = []
  let joined = ''
  let end = -1
  const close = () => {
    if (joined !== '') words.push(besides(joined))
    joined = ''
  }
  let before = ''
  let run = ''
  for (const { 0: token, index, groups } of spelled.matchAll(tokenOf(spelled))) {
    const isNumber = groups?.['number'] !== undefined
    const isRun = groups?.['paired'] !== undefined
    const isWord = !isNumber && !isRun
    if (isWord && before !== '' && index === end + 1 && JOINTS.test(spelled.charAt(end)))
      joined = (joined === '' ? before : joined) + token
    else close()
    // Blanks between these words are put in or left out at will.
    if (isRun && run !== '' && index === end + 1) words.push(besides(`${run.slice(-1)}${token.charAt(0)}`))
    before = isWord ? token : ''
    run = isRun ? token : ''
    end = index + token.length
    if (isNumber) words.push(numberOf(token))
    else if (isWord) words.push(lettersOf(token))
    else words.push(...pairsOf(token).map(wordOf))
    // A query has it in the middle: `コーヒーテーブル`.
    if (isRun && token.length > 2 && token.endsWith('ー')) words.push(besides(token.slice(-2)))
    INCHES.lastIndex = end
    if (isNumber && INCHES.test(spelled)) words.push(besides('inch'))
    if (isWord && isSigned(token)) words.push(besides(withoutSigns(token)))
  }
  close()
  for (const [run] of spelled.matchAll(SET_APART)) words.push({ ...numberOf(closed(run)), beside: true })
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
