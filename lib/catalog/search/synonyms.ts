/** Words for things that the catalog names otherwise, and the colours that a colour word stands for. */
import { COLOURS, type Colour } from '#lib/catalog/art/palette.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { fold } from './words.ts'

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
    suede nubuck`,
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
    teppich läufer`,
  fr: `canapé sofa divan
    baskets tennis sneakers
    ordinateur laptop pc
    casque écouteurs
    mug tasse
    lampe luminaire éclairage
    enceinte haut-parleur
    gourde bouteille
    fauteuil bergère
    casserole cocotte marmite`,
  es: `sofá canapé
    zapatillas deportivas tenis
    portátil laptop ordenador
    auriculares cascos audífonos
    taza tazón
    lámpara luz
    altavoz parlante bafle
    botella cantimplora
    olla cazuela cacerola
    reloj cronómetro`,
  pt: `sofá canapé
    tênis sapatilha
    laptop notebook portátil
    fones auscultadores headphones
    caneca xícara chávena
    luminária lâmpada candeeiro abajur
    caixa alto-falante coluna
    panela caçarola
    mochila bolsa`,
  ja: `ソファ ソファー
    ノートパソコン ラップトップ
    ヘッドホン ヘッドフォン
    バックパック リュックサック リュック
    花瓶 フラワーベース
    ウォッチ 腕時計`,
  ko: `노트북 랩톱
    백팩 가방
    소파 카우치
    머그 컵`,
}

/** People's names for the colours of the palette. */
const SHADES: Record<Locale, Readonly<Record<string, readonly Colour[]>>> = {
  en: shades('green blue red pink yellow white black grey beige purple orange brown gray'),
  de: shades('grün blau rot rosa gelb weiß schwarz grau beige lila orange braun'),
  fr: shades('vert bleu rouge rose jaune blanc noir gris beige violet orange marron'),
  es: shades('verde azul rojo rosa amarillo blanco negro gris beige morado naranja marrón'),
  pt: shades('verde azul vermelho rosa amarelo branco preto cinza bege roxo laranja marrom'),
  ja: shades('緑 青 赤 ピンク 黄色 白 黒 グレー ベージュ 紫 オレンジ 茶色'),
  ko: shades('초록 파란 빨간 분홍 노란 흰색 검정 회색 베이지 보라 주황 갈색'),
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
  return Object.fromEntries(words.split(' ').map((word, i) => [fold(word), of[i] ?? []]))
}

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

/** @returns colours of the palette; none when it is no colour word */
export function coloursMeant(folded: string, locale: Locale): readonly string[] {
  const own = SHADES[locale]
  return Object.hasOwn(own, folded) ? (own[folded] ?? []) : COLOURS.filter((colour) => colour === folded)
}

/** Takes the colour word off a text that is not cut into words: `赤いソファ` is one, and a sofa. */
export function colourAtStart(text: string, locale: Locale): { colour: string; rest: string } | undefined {
  if (!isCutIntoPairs(locale)) return undefined
  const colour = Object.keys(SHADES[locale]).find((word) => text.startsWith(word))
  return colour === undefined ? undefined : { colour, rest: text.slice(colour.length).replace(/^[いのな색]/, '') }
}
