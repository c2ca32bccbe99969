import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Locale } from '#lib/platform/locales.ts'
import { type PriceStores, priceStores } from '#lib/pricing/testing/priceStores.ts'
import { findForStaff, searchProducts } from './search.ts'
import { parseSearch, type RawSearchParams } from './searchParams.ts'
import { createNamedProducts } from './testing/namedProducts.ts'

const SEEDED = 360

/** Beside the seed: names that a tokenizer can get wrong. */
const NAMES = [
  'Node.js Mug',
  'Cable 3.5mm',
  'Zoom Lens 24-105mm',
  'Bolt 1/2 inch',
  'Poster AC/DC',
  'Adapter USB-C',
  'Cafe\u0301 Sign',
  'C++ Primer',
  'C# in Depth',
  'Frame 20×30',
  'Cup 1½ pint',
  'Dress Shirt',
  'T-Shirt Rot',
  'Monitor 4K 27"',
  'A4 Paper',
  'M&M’s Tin',
  'Zoom',
  'Bread Knife',
  'Wall Shelf',
  'Wool Scarf',
  'Mouse Pad',
  'Children’s Apron',
]

/** The same in languages that have other ways to write a word. */
const TRANSLATED: readonly Partial<Record<Locale, string>>[] = [
  { de: 'Türstopper', fr: 'Porte-clés d’hôtel', es: 'Corazón', pt: 'Pão', ja: 'カメラ ケース', ko: '휴대폰 케이스' },
  { ja: 'ヴァイオリン' },
  { ja: 'サーバ' },
]

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(SEEDED)
  const all = [...NAMES.map((name) => ({ name, names: {} })), ...TRANSLATED.map((names) => ({ name: 'Thing', names }))]
  await createNamedProducts(stores.database.db, all)
})
afterAll(() => stores.close())

const search = (raw: RawSearchParams, locale: Locale = 'en') =>
  searchProducts(parseSearch(raw).query, locale, undefined)
const namesOf = async (q: string, locale: Locale = 'en') =>
  (await search({ q }, locale)).products.map(({ name, names }) => names[locale] ?? name)

describe('search', () => {
  it.each([
    ['Node.js Mug', 'Node.js Mug'],
    ['nodejs', 'Node.js Mug'],
    ['node.js', 'Node.js Mug'],
    ['cable 3.5mm', 'Cable 3.5mm'],
    ['Cable 3,5 mm', 'Cable 3.5mm'],
    ['24-105mm', 'Zoom Lens 24-105mm'],
    ['24-105 lens', 'Zoom Lens 24-105mm'],
    ['1/2 inch', 'Bolt 1/2 inch'],
    ['AC/DC', 'Poster AC/DC'],
    ['acdc', 'Poster AC/DC'],
    ['usb c', 'Adapter USB-C'],
    ['USBC', 'Adapter USB-C'],
    ['café', 'Cafe\u0301 Sign'],
    ['cafe', 'Cafe\u0301 Sign'],
    ['cafe\u0301', 'Cafe\u0301 Sign'],
    ['c++', 'C++ Primer'],
    ['C#', 'C# in Depth'],
    ['20x30', 'Frame 20×30'],
    ['20 X 30', 'Frame 20×30'],
    ['1 1/2 pint', 'Cup 1½ pint'],
    ['t shirt', 'T-Shirt Rot'],
    ['t-shirts', 'T-Shirt Rot'],
    ['tee shirt', 'T-Shirt Rot'],
    ['27 inch monitor', 'Monitor 4K 27"'],
    ['a4', 'A4 Paper'],
    ['m&ms', 'M&M’s Tin'],
    ['zoom', 'Zoom'],
    ['knives', 'Bread Knife'],
    ['wall shelves', 'Wall Shelf'],
    ['scarves', 'Wool Scarf'],
    ['mice', 'Mouse Pad'],
    ['kids apron', 'Children’s Apron'],
    ['breadknife', 'Bread Knife'],
  ])('finds by %j the product %j', async (q, name) => expect((await namesOf(q))[0]).toBe(name))

  // The ranks, in the words of the visitor's language.
  it.each<[Locale, string, RegExp]>([
    ['en', 'lamps', /lamp/i],
    ['en', 'sofas', /sofa|loveseat/i],
    ['en', 'couch', /sofa|loveseat/i],
    ['en', 'oak chairs', /oak.*chair|chair.*oak/i],
    ['en', 'din chai', /dining chair/i],
    ['en', 'headfones', /headphones/i],
    ['en', 'backpak', /backpack/i],
    ['en', 'grey sofa', /(mist|charcoal)/i],
    ['en', 'tea pot', /teapot|tea pot/i],
    ['en', 'the stool', /stool/i],
    ['en', 'lap top', /laptop/i],
    ['en', 'dark green sofa', /(moss|sage)/i],
    ['de', 'lampen', /lampe/i],
    ['de', 'stuhle', /stuhl/i],
    ['de', 'Kopfhoerer', /kopfhörer/i],
    ['de', 'rucksäcke', /rucksack/i],
    ['de', 'graues sofa', /(Nebelgrau|Anthrazit)/i],
    ['de', 'stuehle', /stuhl/i],
    ['de', 'dunkelgruener stuhl', /(salbei|moos)/i],
    ['de', 'tuerstopper', /Türstopper/],
    ['fr', 'porte cle hotel', /Porte-clés/],
    ['fr', 'lampes blanches', /ivoire/],
    ['es', 'sillas rojas', /(terracota|carmesí)/],
    ['es', 'corazones', /Corazón/],
    ['pt', 'pães', /Pão/],
    ['pt', 'pão', /Pão/],
    ['pt', 'sofás azuis', /índigo/],
    ['ja', 'そふぁ', /ソファ/],
    ['ja', 'いす', /チェア|椅子/],
    ['ja', '黒のソファ', /チャコール/],
    ['ja', 'バイオリン', /ヴァイオリン/],
    ['ja', 'サーバー', /サーバ/],
    ['ja', 'カメラケース', /カメラ ケース/],
    ['ko', '휴대폰케이스', /휴대폰 케이스/],
    ['ko', '의자를', /의자|체어/],
    ['ko', '하얀 램프', /아이보리/],
    ['fr', 'canapes', /canapé/i],
    ['fr', 'lampe de chevet', /lampe de chevet/i],
    ['fr', 'chaises en chêne', /chaise.*chêne/i],
    ['es', 'lamparas', /lámpara/i],
    ['es', 'sillas de roble', /silla.*roble/i],
    ['pt', 'tenis', /tênis/i],
    ['pt', 'mochilas', /mochila/i],
    ['ja', 'ソファ', /ソファ/],
    ['ja', 'ソファー', /ソファ/],
    ['ja', '花瓶', /花瓶/],
    ['ja', 'チェア オーク', /チェア.*オーク/],
    ['ja', '赤いソファ', /ソファ.*(クリムゾン|テラコッタ)/],
    ['ko', '의자', /의자|체어/],
    ['ko', '가죽 스니커즈', /스니커즈.*가죽/],
    ['ko', '회색 소파', /(미스트|차콜)/],
  ])('in %s finds by %j a name like %s', async (locale, q, name) => {
    const found = await namesOf(q, locale)
    expect(found[0]).toMatch(name)
  })

  it('finds a brand by its name from the start, and means the wood by one of its words', async () => {
    const { products } = await search({ q: 'tilde oak' })
    expect(new Set(products.map(({ brand }) => brand))).toEqual(new Set(['Tilde & Oak']))
    const chairs = await search({ q: 'oak chair' })
    expect(chairs.total).toBeGreaterThan(0)
    expect(chairs.products.filter(({ name }) => !name.includes('Oak'))).toEqual([])
  })

  it('finds a product by its item number, and by the beginning of it', async () => {
    const { id, sku } = await stores.database.db.product.findUniqueOrThrow({ where: { id: 3 } })
    for (const q of [sku, sku.toLowerCase(), sku.replaceAll('-', ' '), sku.replaceAll('-', '')])
      expect((await search({ q })).products.map((found) => found.id)).toEqual([id])
    const alike = await search({ q: sku.slice(0, -2) })
    expect(alike.total).toBeGreaterThan(1)
    expect(alike.products.map((found) => found.id)).toContain(id)
  })

  it('finds a product by its brand and by the beginning of its name', async () => {
    const product = await stores.database.db.product.findUniqueOrThrow({ where: { id: 1 } })
    const finds = async (q: string) => {
      const { pages } = await search({ q })
      const all = await Promise.all(Array.from({ length: pages }, (_, i) => search({ q, page: String(i + 1) })))
      return all.some(({ products }) => products.some(({ id }) => id === product.id))
    }
    const words = [product.name, product.name.slice(0, 3), product.brand]
    expect(await Promise.all(words.map(async (q) => [q, await finds(q)]))).toEqual(words.map((q) => [q, true]))
  })

  it('keeps to the limits of the price and to the order that was asked for', async () => {
    const { products } = await search({ min: '50', max: '150', sort: 'price-asc' })
    const amounts = products.map(({ price }) => price.amountMinor)
    expect(amounts.length).toBeGreaterThan(0)
    expect(amounts).toEqual(amounts.toSorted((a, b) => a - b))
    expect(amounts.every((amount) => amount >= 5_000 && amount <= 15_000)).toBe(true)
  })

  it.each([{ q: 'oak', sale: '1' }, { sale: '1' }])(
    'counts for each value of a facet of %j the cards that choosing it shows',
    async (raw) => {
      const { facets, total } = await search(raw)
      expect([...facets.categories.values()].every((count) => count <= total)).toBe(true)
      for (const [brand, count] of facets.brands) expect((await search({ ...raw, brand })).total).toBe(count)
      for (const [colour, count] of facets.colours) expect((await search({ ...raw, colour })).total).toBe(count)
      expect((await search({ ...raw, stock: '1' })).total).toBe(facets.inStock)
      expect(facets.onSale).toBe(total)
      const [first = '', second = ''] = facets.brands.keys()
      const both = await search({ ...raw, brand: [first, second] })
      expect(both.total).toBe((facets.brands.get(first) ?? 0) + (facets.brands.get(second) ?? 0))
      expect(both.facets.brands).toEqual(facets.brands)
    },
  )

  it('shows of a group one card: the product that matches best, beside what else was found of it', async () => {
    const { db } = stores.database
    const group = await db.productGroup.create({ data: { name: 'Harmonium' } })
    const colours = ['moss', 'sand', 'moss', 'plum']
    for (const [i, colour] of colours.entries())
      await db.product.create({
        data: {
          slug: `harmonium-${i}`,
          sku: `HAR-${i}`,
          name: `Harmonium, ${colour}`,
          description: 'Of a group.',
          brand: 'Odd & Ends',
          image: '/none.svg',
          rank: 10 - i,
          colour,
          groupId: group.id,
          status: i === 3 ? 'discontinued' : 'active',
          price: { create: { amountMinor: 700_000 + i * 10_000, currency: 'EUR' } },
        },
      })
    await db.stock.updateMany({ where: { product: { slug: 'harmonium-2' } }, data: { quantity: 3 } })
    const cards = async (raw: RawSearchParams) =>
      (await search(raw)).products.map(({ slug, group: own }) => [
        slug,
        own?.members.map(({ price }) => price.amountMinor),
      ])
    const all = await search({ q: 'harmonium' })
    expect(all).toMatchObject({
      total: 1,
      facets: {
        inStock: 1,
        colours: new Map([
          ['moss', 1],
          ['sand', 1],
        ]),
      },
    })
    expect(await cards({ q: 'harmonium' })).toEqual([['harmonium-2', [720_000, 710_000, 700_000]]])
    expect(await cards({ q: 'harmonium', sort: 'price-desc' })).toEqual([['harmonium-0', [720_000, 710_000, 700_000]]])
    expect(await cards({ q: 'harmonium sand' })).toEqual([['harmonium-1', [710_000]]])
    expect(await cards({ q: 'harmonium', colour: 'moss', max: '7050' })).toEqual([['harmonium-0', [700_000]]])
    expect(await cards({ q: 'HAR-1' })).toEqual([['harmonium-1', [710_000]]])
    expect(await cards({ q: 'harmonium plum' })).toEqual([])
    expect((await findForStaff('harmonium', 10)).length).toBe(4)
    await db.product.updateMany({ where: { slug: 'harmonium-2' }, data: { groupId: null } })
    expect(await cards({ q: 'harmonium' })).toEqual([
      ['harmonium-2', undefined],
      ['harmonium-1', [710_000, 700_000]],
    ])
  })

  it('shows the last page when a later one is asked for', async () => {
    const found = await search({ page: '500' })
    const ofGroups = { where: { groupId: { not: null } } }
    const { db } = stores.database
    const groups = await db.product.groupBy({ by: 'groupId', ...ofGroups })
    expect(groups.length).toBeGreaterThan(10)
    const cards = (await db.product.count({ where: { status: 'active', groupId: null } })) + groups.length
    expect(found).toMatchObject({ page: found.pages, total: cards })
    expect(found.products.length).toBeGreaterThan(0)
  })

  it('finds nothing for signs, and nothing discontinued', async () => {
    expect(await search({ q: '&&&' })).toMatchObject({ total: 0, products: [], page: 1, pages: 1 })
    const { name } = await stores.database.db.product.update({ where: { id: 5 }, data: { status: 'discontinued' } })
    expect((await search({ q: name })).products.map(({ id }) => id)).not.toContain(5)
    await stores.database.db.price.update({ where: { productId: 5 }, data: { amountMinor: 77_777 } })
    expect((await search({ min: '777.77', max: '777.77' })).total).toBe(0)
  })

  it('finds what was committed before it: prices, stocks, names, colours, new products', async () => {
    const { db } = stores.database
    await db.price.update({ where: { productId: 7 }, data: { amountMinor: 4_321, compareAtMinor: null } })
    const exactly = { min: '43.21', max: '43.21' }
    expect((await search(exactly)).products.map(({ price }) => price)).toMatchObject([{ productId: 7, version: 2 }])
    await db.stock.update({ where: { productId: 7 }, data: { quantity: 0 } })
    expect((await search({ ...exactly, stock: '1' })).total).toBe(0)
    await db.product.update({ where: { id: 7 }, data: { names: { de: 'Zeppelin' }, colour: 'lime' } })
    expect((await search({ q: 'zeppelin' }, 'de')).products.map(({ id }) => id)).toEqual([7])
    expect((await search({ q: 'zeppelin' }, 'en')).total).toBe(0)
    expect((await search({ colour: 'lime' })).products.map(({ id }) => id)).toEqual([7])
    await db.product.create({
      data: {
        slug: 'brand-new',
        sku: 'NEW-1',
        name: 'Gramophone',
        description: 'New.',
        brand: 'Odd & Ends',
        image: '/none.svg',
        price: { create: { amountMinor: 9_900, currency: 'EUR' } },
      },
    })
    expect((await search({ q: 'gramophones' })).total).toBe(1)
  })
})
