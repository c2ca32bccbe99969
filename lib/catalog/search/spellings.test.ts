import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Locale } from '#lib/platform/locales.ts'
import { type PriceStores, priceStores } from '#lib/pricing/testing/priceStores.ts'
import { allForStaff, findForStaff, searchProducts } from './search.ts'
import { parseSearch } from './searchParams.ts'
import { createNamedProducts } from './testing/namedProducts.ts'

/** Names as people write them, each with what is typed in its place. */
const SPELLED: readonly (readonly [name: string, ...typed: string[]])[] = [
  ['Node.js Mug XQ', 'Node.js Mug XQ', 'nodejs'],
  ['Cable 3.5mm XQ', 'Cable 3.5mm XQ', '3,5 mm'],
  ['Lens 24-105mm XQ', 'Lens 24-105mm XQ', '24–105'],
  ['Pipe 1/2 inch XQ', 'Pipe 1/2 inch XQ', 'pipe ½'],
  ['Speaker AC/DC XQ', 'Speaker AC/DC XQ', 'acdc'],
  ['Sauté Pan XQ', 'saute pan', 'saute\u0301', 'SAUTÉ'],
  ['Ragù Pot XQ', 'ragu'],
  ['Bouclé Chair XQ', 'boucle'],
  ['Éclair Mould XQ', 'eclair', 'E\u0301CLAIR'],
  ['Büchse XQ', 'buchse', 'bu\u0308chse'],
  ['Straße Sign XQ', 'strasse', 'straße', 'STRASSE', 'STRAẞE'],
  ['Strasse Lamp XQ', 'straße lamp'],
  ['Men’s Shirt XQ', 'mens', "men's", 'men’s', 'men\u02bcs'],
  ['Women\u02bcs Belt XQ', 'womens', "women's"],
  ['Smørrebrød Board XQ', 'smorrebrod', 'SMØRREBRØD'],
  ['Cœur Tray XQ', 'coeur', 'cœur', 'CŒUR'],
  ['Æro Fan XQ', 'aero', 'ÆRO'],
  ['Þingeyri Rug XQ', 'thingeyri', 'þingeyri'],
  ['Łódź Poster XQ', 'lodz'],
  ['Hub USB\u2011D XQ', 'usbd', 'usb-d'],
  ['Rain\u00adcoat XQ', 'raincoat'],
  ['ﬁne Grinder XQ', 'fine grinder'],
  ['Power Bank 10,000mAh XQ', '10000mAh', '10.000 mah'],
  ['Board 1000 mm XQ', '1 000 mm board', '1\u00a0000 mm board', '1\u2009000\u202fmm board', "1'000mm board"],
  ['Shelf 1\u202f000 mm XQ', '1000 mm shelf', '1.000mm shelf', '1,000 mm shelf', 'shelf 1 000 mm'],
  ['Bulb 10 000 h XQ', '10000 h', '10,000 h', '10.000 h', '10’000h'],
  ['Phone 15 256 GB XQ', 'phone 15 256', '256 gb phone'],
  ['Lens 70-300mm XQ', '70 300 mm'],
  ['Beam 1 250,5 mm XQ', '1250.5 mm', '1,250.50 mm', '1.250,5 mm'],
  ['Tank 1 250 500 l XQ', '1250500 l', '1,250,500 l'],
  ['Vat 2,250,500 l XQ', '2 250 500 l', '2250500 l'],
  ['Canvas 20cm×30cm XQ', '20cm x 30cm', '20 cm × 30 cm'],
  ['Jug 0.5 l XQ', 'jug .5 l', 'jug 0.50l', 'jug 0,5 L'],
  ['Scale 2.5 m² XQ', '2,50 m2', '２．５㎡'],
  ['Panel 34″ XQ', '34 inch panel', "34'' panel"],
  ["Screen 32'' XQ", '32 inch', '32″'],
  ['Boys´ Cap XQ', 'boys cap', 'boys` cap'],
  ['O‘Neill Bag XQ', 'oneill', "o'neill", 'o´neill', 'ONEILL'],
  ['Hawaiʻi Towel XQ', 'hawaii', 'HAWAI’I'],
  ['İstanbul Tray XQ', 'istanbul', 'ISTANBUL', 'i\u0307stanbul'],
  ['Çay Bardağı XQ', 'cay bardagi', 'ÇAY BARDAĞI'],
  ['Ångström Meter XQ', 'angstrom', '\u212bngstro\u0308m'],
  ['Nº 5 Candle XQ', '№ 5', 'no 5 candle'],
  ['CO₂ Maker XQ', 'co2'],
  ['T.V. Stand XQ', 'tv stand', 't.v.'],
  [
    'Whisk XQ',
    '\u200fwhisk',
    'whi\u200esk',
    '\u202ewhisk\u202c',
    '🥚️ whisk',
    '❤️ whisk',
    '𝐰𝐡𝐢𝐬𝐤',
    'ｗｈｉｓｋ',
    '"whisk"*',
  ],
  ['ウォーマー XQ', 'ウオーマー', 'うぉーまー', 'ウォ－マ－'],
  ['フィルム XQ', 'フイルム', 'ﾌｨﾙﾑ'],
  ['コーヒー・テーブル XQ', 'コーヒーテーブル', 'コーヒー テーブル'],
  ['キッチンタワー XQ', 'タワー', 'たわー', 'ﾀﾜｰ'],
  ['木製椅子 XQ', '椅子'],
  ['Basket XQ バック'.normalize('NFD'), 'バック', 'バック'.normalize('NFD')],
  ['ガラスボウル XQ', 'ガラス'.normalize('NFD'), 'がらす'.normalize('NFD')],
  ['유리컵 XQ'.normalize('NFD'), '유리', '유리'.normalize('NFD')],
]

type Names = Partial<Record<Locale, string>>
/** Things with a name in each language. */
const TRANSLATED: readonly Names[] = [
  { en: 'Umbrella', de: 'Regenschirm', fr: 'Parapluie', es: 'Paraguas', pt: 'Guarda-chuva', ja: '長傘', ko: '우산' },
  { en: 'Backpack', de: 'Sneaker', fr: 'Casque', es: 'Auriculares', pt: 'Panela', ja: 'ウォッチ', ko: '노트북' },
  { en: 'Kettle', de: 'Pfanne', fr: 'Gourde', es: 'Altavoz', pt: 'Tênis', ja: 'バックパック', ko: '백팩' },
  { en: 'Armchair', de: 'Sessel', fr: 'Fauteuil', es: 'Taza', pt: 'Caneca', ja: 'テーブル', ko: '소파' },
  { en: 'Flask', de: 'Teppich', fr: 'Enceinte', es: 'Reloj', pt: 'Mochila', ja: '花瓶', ko: '머그' },
]

const nameIn = ({ en = '', ...others }: Names, locale: Locale) => (locale === 'en' ? en : (others[locale] ?? en))

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(1)
  const all = [
    ...SPELLED.map(([name]) => ({ name, names: {} })),
    ...TRANSLATED.map(({ en = '', ...names }) => ({ name: en, names })),
  ]
  await createNamedProducts(stores.database.db, all)
})
afterAll(() => stores.close())

async function namesFound(q: string, locale: Locale): Promise<string[]> {
  const { products } = await searchProducts(parseSearch({ q }).query, locale, undefined)
  return products.map(({ name, names }) => nameIn({ ...names, en: name }, locale))
}

async function namesOf(ids: readonly number[]): Promise<string[]> {
  const rows = await stores.database.db.product.findMany({ where: { id: { in: [...ids] } } })
  return ids.flatMap((id) => rows.find((row) => row.id === id)?.name ?? [])
}

const typed = SPELLED.flatMap(([name, ...all]) => all.map((q) => [q, name] as const))

describe('a search', () => {
  it.each(typed)('in the shop and in the back office finds by %j the product %j', async (q, name) => {
    expect((await namesFound(q, 'en'))[0]).toBe(name)
    expect((await namesFound(q, 'de'))[0]).toBe(name)
    expect((await namesOf(await findForStaff(q, 5)))[0]).toBe(name)
    expect(await namesOf(await allForStaff(q))).toContain(name)
  })

  // Two letters swapped; one left out, put in or changed; another word for the same.
  it.each<[Locale, string, string]>([
    ['en', 'umbrlela', 'Umbrella'],
    ['en', 'umbrela', 'Umbrella'],
    ['en', 'kettel', 'Kettle'],
    ['en', 'rucksack', 'Backpack'],
    ['en', 'rucksakc', 'Backpack'],
    ['de', 'regneschirm', 'Regenschirm'],
    ['de', 'regenshirm', 'Regenschirm'],
    ['de', 'turnschuhe', 'Sneaker'],
    ['de', 'turnshcuhe', 'Sneaker'],
    ['fr', 'parapliue', 'Parapluie'],
    ['fr', 'parapluit', 'Parapluie'],
    ['fr', 'écouteur', 'Casque'],
    ['fr', 'ecoutuers', 'Casque'],
    ['es', 'paragaus', 'Paraguas'],
    ['es', 'parajuas', 'Paraguas'],
    ['es', 'audifonos', 'Auriculares'],
    ['es', 'audifnoos', 'Auriculares'],
    ['pt', 'guarda-chvua', 'Guarda-chuva'],
    ['pt', 'mochilla', 'Mochila'],
    ['pt', 'caçarolas', 'Panela'],
    ['pt', 'cacraola', 'Panela'],
    ['ja', '腕時計', 'ウォッチ'],
    ['ja', 'リュック', 'バックパック'],
    ['ja', '机', 'テーブル'],
    ['ko', '랩톱', '노트북'],
    ['ko', '가방', '백팩'],
    ['ko', '카우치', '소파'],
    ['ko', '컵', '머그'],
    ['ko', '노트북을', '노트북'],
    ['ko', '노트북들', '노트북'],
    ['ko', '백팩만', '백팩'],
    ['de', 'regenschrime', 'Regenschirm'],
    ['fr', 'gourdes', 'Gourde'],
    ['es', 'altavozes', 'Altavoz'],
    ['pt', 'canecas', 'Caneca'],
    ['en', 'armchiar', 'Armchair'],
  ])('in %s finds by %j the %s', async (locale, q, name) => expect(await namesFound(q, locale)).toContain(name))

  it('by staff finds names in each language: stems, beginnings, synonyms and slips', async () => {
    for (const q of [
      'umbrellas',
      'umbrel',
      'umbrlela',
      'Regenschirme',
      'parapluies',
      'paraguas',
      'guarda-chuva',
      '長傘',
      '우산',
    ])
      expect([q, await namesOf(await findForStaff(q, 5))]).toEqual([q, ['Umbrella']])
    expect(await namesOf(await findForStaff('rucksacks', 5))).toEqual(['Backpack'])
    expect(await namesOf(await findForStaff('랩톱', 5))).toEqual(['Backpack'])
  })

  it('finds nothing of 1,000 mm by 1 mm', async () => {
    for (const q of ['1 mm shelf', '1 mm board']) expect(await namesFound(q, 'en')).toEqual([])
  })

  it('selects for edits of prices what was meant, and nothing by a slip', async () => {
    for (const q of ['umbrellas', 'umbrel', 'Regenschirme', 'parapluies', '우산'])
      expect([q, await namesOf(await allForStaff(q))]).toEqual([q, ['Umbrella']])
    expect(await namesOf(await allForStaff('rucksack'))).toEqual(['Backpack'])
    for (const q of ['umbrlela', 'umbrela', 'regneschirm', 'rucksakc', 'Arm chiar', 'Umbrella sizes'])
      expect([q, await allForStaff(q)]).toEqual([q, []])
  })
})
