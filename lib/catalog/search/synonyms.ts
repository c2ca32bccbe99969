/** Words for things that the catalog names otherwise, and the colours that a colour word stands for. */
import { COLOURS, type Colour } from '#lib/catalog/art/palette.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { StemsOf } from './index/vocabulary.ts'
import { fold, type Word } from './words.ts'

/** Each line is a group: every word of it means the others, too. */
const GROUPS: Record<Locale, string> = {
  en: `sofa couch settee loveseat
    sneaker trainer
    laptop notebook ultrabook
    headphones earphones earbuds headset
    backpack rucksack daypack
    mug cup
    kettle teapot
    lamp light lighting luminaire
    pan skillet
    casserole pot
    speaker loudspeaker
    watch wristwatch timepiece
    desk bureau
    flask thermos
    armchair recliner
    stool barstool
    suede nubuck
    tshirt tee
    child children kid
    man men
    woman women
    mouse mice
    foot feet`,
  de: `sofa couch
    sneaker turnschuh sportschuh
    laptop notebook
    kopfhörer ohrhörer headset
    tasse becher
    wasserkessel wasserkocher kessel
    lampe leuchte licht
    pfanne bratpfanne
    topf kochtopf
    lautsprecher box
    uhr armbanduhr
    flasche trinkflasche
    sessel polsterstuhl
    teppich läufer
    zoll inch`,
  fr: `canapé sofa divan
    baskets tennis sneakers
    ordinateur laptop pc
    casque écouteurs
    mug tasse
    lampe luminaire éclairage
    enceinte haut-parleur
    gourde bouteille
    fauteuil bergère
    casserole cocotte marmite
    pouce inch`,
  es: `sofá canapé
    zapatillas deportivas tenis
    portátil laptop ordenador
    auriculares cascos audífonos
    taza tazón
    lámpara luz
    altavoz parlante bafle
    botella cantimplora
    olla cazuela cacerola
    reloj cronómetro
    pulgada inch`,
  pt: `sofá canapé
    tênis sapatilha
    laptop notebook portátil
    fones auscultadores headphones
    caneca xícara chávena
    luminária lâmpada candeeiro abajur
    caixa alto-falante coluna
    panela caçarola
    mochila bolsa
    polegada inch`,
  ja: `ソファ ソファー
    チェア 椅子 いす
    テーブル 机
    Tシャツ ティーシャツ
    レザー 革
    コーヒー 珈琲
    ノートパソコン ラップトップ
    ヘッドホン ヘッドフォン
    バックパック リュックサック リュック
    花瓶 フラワーベース
    ウォッチ 腕時計`,
  ko: `노트북 랩톱
    백팩 가방
    소파 카우치
    머그 컵
    의자 체어
    티셔츠 T셔츠`,
}

/** People's names for the colours of the palette, in the order of `shades`; of one colour apart by a slash. */
const SHADES: Record<Locale, Readonly<Record<string, readonly Colour[]>>> = {
  en: shades(
    'green blue/navy red/burgundy pink yellow white/cream black grey beige/tan purple/violet orange brown gray/silver',
  ),
  de: shades('grün blau rot rosa gelb weiß/creme schwarz grau beige lila/violett orange braun'),
  fr: shades('vert bleu rouge rose jaune blanc/blanche noir gris beige violet orange marron/brun'),
  es: shades('verde azul rojo/granate rosa amarillo blanco negro gris beige morado/violeta naranja marrón'),
  pt: shades('verde azul/azuis vermelho rosa amarelo branco preto cinza/cinzento bege roxo laranja marrom/castanho'),
  ja: shades(
    '緑/グリーン 青/ブルー 赤/レッド ピンク 黄色/イエロー 白/ホワイト 黒/ブラック グレー/灰色 ベージュ 紫/パープル オレンジ 茶色/ブラウン',
  ),
  ko: shades(
    '초록/녹색 파란/파랑/푸른 빨간/빨강/붉은 분홍/핑크 노란/노랑 흰/하얀/화이트 검정/검은/블랙 회색/그레이 베이지 보라 주황/오렌지 갈색/브라운',
  ),
}

function shades(words: string): Record<string, readonly Colour[]> {
  const of: readonly (readonly Colour[])[] = [
    ['sage', 'moss'],
    ['indigo'],
    ['crimson', 'terracotta'],
    ['blush'],
    ['ochre'],
    ['ivory'],
    ['charcoal'],
    ['mist', 'charcoal'],
    ['sand', 'ivory'],
    ['plum'],
    ['terracotta', 'ochre'],
    ['terracotta', 'ochre'],
    ['mist', 'charcoal'],
  ]
  return Object.fromEntries(
    words.split(' ').flatMap((same, i) => same.split('/').map((word) => [word, of[i] ?? []] as const)),
  )
}

/** Words that say how light a colour is, or that a size follows; endings of Korean and Japanese words. */
const SAYS_LITTLE: Record<Locale, RegExp> = {
  en: /^(dark|pale|deep|bright|sizes?)$/,
  de: /^((hell|dunkel)e?[rsnm]?|grosse|gr)$/,
  fr: /^((clair|fonce|pale|vif)e?s?|taille|pointure)$/,
  es: /^((clar|oscur)[oa]s?|talla|talle)$/,
  pt: /^((clar|escur)[oa]s?|tamanho)$/,
  ja: /ノ|^(サイ|イズ)$/,
  ko: /.[을를은는이가에의로와과도들만서]$|^(사이|이즈)$/,
}

/** Whether it is left out where it finds nothing and other words are there. */
export const saysLittle = ({ folded }: Word, locale: Locale): boolean => SAYS_LITTLE[locale].test(folded)

const groupsIn = (locale: Locale) => GROUPS[locale].split('\n').map((line) => line.trim().split(' '))

/** By each word the others of its groups. Where words are cut into pairs, `canonical` is used in their place. */
export function synonymsIn(locale: Locale): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  if (isCutIntoPairs(locale)) return found
  for (const group of groupsIn(locale)) {
    for (const word of group) {
      const others = group.filter((other) => other !== word)
      found.set(fold(word), [...(found.get(fold(word)) ?? []), ...others])
    }
  }
  return found
}

export const isCutIntoPairs = (locale: Locale): boolean => locale === 'ja' || locale === 'ko'

const spellings = new Map<Locale, readonly (readonly [string, string])[]>()

/** A text with one spelling for each of its synonyms, names and queries alike: for languages that are cut into pairs. */
export function canonical(text: string, locale: Locale): string {
  if (!isCutIntoPairs(locale)) return text
  let pairs = spellings.get(locale)
  if (!pairs) {
    const all = groupsIn(locale).flatMap(([first = '', ...others]) => others.map((other) => [other, first] as const))
    pairs = all.toSorted(([a], [b]) => b.length - a.length)
    spellings.set(locale, pairs)
  }
  let canonicalText = text.normalize('NFKC')
  for (const [other, first] of pairs) canonicalText = canonicalText.replaceAll(other, first)
  return canonicalText
}

/** The colour words of a language, whose stems have to be known. */
export const colourWordsIn = (locale: Locale): readonly string[] => Object.keys(SHADES[locale])

/** `dunkelgrün` is a green. */
const SHADE_PREFIX: Partial<Record<Locale, RegExp>> = { de: /^(hell|dunkel)/ }

/**
 * @param forms of a word: without accents, and its stems
 * @returns colours of the palette; none when it is no colour word
 */
export function coloursMeant(forms: readonly string[], locale: Locale, stemsOf: StemsOf): readonly string[] {
  const prefix = SHADE_PREFIX[locale]
  const meant = new Set(prefix ? forms.flatMap((form) => [form, form.replace(prefix, '')]) : forms)
  const shaded = Object.entries(SHADES[locale]).flatMap(([spelled, colours]) => {
    const folded = fold(spelled)
    return [folded, ...stemsOf({ spelled, folded })].some((form) => meant.has(form)) ? colours : []
  })
  return shaded.length > 0 ? [...new Set(shaded)] : COLOURS.filter((colour) => meant.has(colour))
}

/** Takes the colour word off a text that is not cut into words: `赤いソファ` is one, and a sofa. */
export function colourAtStart(text: string, locale: Locale): { colour: string; rest: string } | undefined {
  if (!isCutIntoPairs(locale)) return undefined
  const colour = Object.keys(SHADES[locale]).find((word) => text.startsWith(fold(word)))
  return colour === undefined ? undefined : { colour, rest: text.slice(fold(colour).length).replace(/^[イノナ색]/, '') }
}
