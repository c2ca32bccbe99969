import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Facets } from './facets.ts'
import { PRICE_STEPS, rangeOf } from './priceRanges.ts'
import type { Facts, IndexedProduct } from './products.ts'
import { SearchIndex, type IndexQuery } from './searchIndex.ts'

const NAMES = ['Ash Bowl', 'Elm Cup', 'Fir Desk', 'Oak Bowl', 'Oak Chair']
const amounts = fc.constantFrom(...PRICE_STEPS.flatMap((step) => [step - 1, step]), 1_000, 1_000_000)
const facts: fc.Arbitrary<Facts> = fc.record({
  amountMinor: amounts,
  baseAmountMinor: amounts,
  compared: fc.boolean(),
  baseChangedAt: fc.constant(1),
  priceVersion: fc.constant(1),
  onSale: fc.boolean(),
  inStock: fc.boolean(),
  stockVersion: fc.constant(1),
})
const brands = fc.constantFrom('Halvorn', 'Tilde', 'Quarrel')
const colours = fc.constantFrom('moss', 'plum')
const product: fc.Arbitrary<IndexedProduct> = fc
  .record({
    id: fc.integer({ min: 1, max: 25 }),
    version: fc.constant(1),
    active: fc.constantFrom(true, true, true, false),
    rank: fc.integer({ min: 0, max: 9 }),
    name: fc.constantFrom(...NAMES),
    names: fc.constant({}),
    brand: brands,
    colour: fc.option(colours),
    groupId: fc.option(fc.integer({ min: 1, max: 4 })),
    categories: fc.subarray([1, 2, 3]),
    facts,
  })
  .map(({ facts: own, ...rest }) => ({ ...rest, ...own }))
const query: fc.Arbitrary<IndexQuery> = fc.record({
  text: fc.constantFrom('', '', 'oak', 'elm'),
  locale: fc.constant('en'),
  sort: fc.constantFrom('recommended', 'price-asc', 'price-desc', 'name'),
  page: fc.integer({ min: 1, max: 4 }),
  perPage: fc.integer({ min: 1, max: 6 }),
  category: fc.option(fc.constantFrom(1, 2, 3, 99), { nil: undefined }),
  brands: fc.subarray(['Halvorn', 'Tilde', 'None']),
  colours: fc.subarray(['moss', 'none']),
  minAmount: fc.option(amounts, { nil: undefined }),
  maxAmount: fc.option(amounts, { nil: undefined }),
  onSale: fc.boolean(),
  inStock: fc.boolean(),
  all: fc.boolean(),
})
/** Nearly all products are found: the page is read off an order that the index keeps. */
const openQuery = query.map((own) => ({
  ...own,
  text: '',
  category: undefined,
  brands: [],
  colours: [],
  minAmount: undefined,
  maxAmount: undefined,
  onSale: false,
  inStock: false,
}))

interface Row extends IndexedProduct {
  readonly row: number
}

const hasText = ({ name }: Row, { text }: IndexQuery) => text === '' || name.toLowerCase().split(' ').includes(text)

/** What the index says, put together from plain objects. */
function expected(rows: readonly Row[], asked: IndexQuery) {
  const open = rows.filter((own) => (asked.all === true || own.active) && hasText(own, asked))
  const meets: Record<string, (own: Row) => boolean> = {
    category: ({ categories }) => asked.category === undefined || categories.includes(asked.category),
    brand: ({ brand }) => asked.brands.length === 0 || asked.brands.includes(brand),
    colour: ({ colour }) => asked.colours.length === 0 || asked.colours.includes(colour ?? ''),
    price: ({ amountMinor }) => amountMinor >= (asked.minAmount ?? 0) && amountMinor <= (asked.maxAmount ?? Infinity),
    sale: ({ onSale }) => !asked.onSale || onSale,
    stock: ({ inStock }) => !asked.inStock || inStock,
  }
  const cardsOf = (some: readonly Row[]) =>
    Map.groupBy(some, ({ row, groupId }) => (asked.all === true || groupId === null ? `row ${row}` : groupId))
  const without = (facet: string) =>
    open.filter((own) => Object.entries(meets).every(([name, isMet]) => name === facet || isMet(own)))
  const counted = <T>(facet: string, valuesOf: (own: Row) => readonly T[]): Map<T, number> => {
    const values = [...cardsOf(without(facet)).values()].flatMap((own) => [...new Set(own.flatMap(valuesOf))])
    return new Map([...Map.groupBy(values, (value) => value)].map(([value, all]) => [value, all.length]))
  }
  const prices = counted('price', ({ amountMinor }) => [rangeOf(amountMinor)])
  const facets: Facets = {
    categories: counted('category', ({ categories }) => categories),
    brands: counted('brand', ({ brand }) => [brand]),
    colours: counted('colour', ({ colour }) => (colour === null ? [] : [colour])),
    prices: Array.from({ length: PRICE_STEPS.length + 1 }, (_, range) => prices.get(range) ?? 0),
    onSale: counted('sale', ({ onSale }) => [onSale]).get(true) ?? 0,
    inStock: counted('stock', ({ inStock }) => [inStock]).get(true) ?? 0,
  }
  const keyOf = ({ rank, amountMinor, name }: Row) =>
    asked.sort === 'recommended' ? rank : asked.sort === 'name' ? NAMES.indexOf(name) : amountMinor
  const before = (a: Row, b: Row) => keyOf(a) - keyOf(b) || a.row - b.row
  const sign = asked.sort === 'price-desc' ? -1 : 1
  const cards = [...cardsOf(without('none')).values()]
    .map((own) => own.toSorted(before))
    .toSorted(([a], [b]) => (a && b ? sign * (keyOf(a) - keyOf(b)) || a.row - b.row : 0))
  const page = Math.max(1, Math.min(asked.page, Math.ceil(cards.length / asked.perPage)))
  const shown = cards.slice((page - 1) * asked.perPage, page * asked.perPage)
  return { total: cards.length, page, facets, ids: shown.map(([first]) => first?.id) }
}

it('finds, counts and sorts as plain objects do, after any changes of products, groups and prices', () => {
  const change = fc.oneof({ weight: 3, arbitrary: product }, { weight: 1, arbitrary: fc.tuple(fc.nat(24), facts) })
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 60, size: 'max' }),
      fc.array(fc.oneof(query, openQuery), { minLength: 6, maxLength: 10 }),
      (changes, asked) => {
        const index = new SearchIndex(() => ({ folded }) => [folded])
        const rows = new Map<number, Row>()
        for (const [row, one] of changes.entries()) {
          if (!Array.isArray(one)) {
            index.add(one, SearchIndex.wordsOf(one))
            rows.set(one.id, { ...one, row })
            if (row % 7 === 0) index.products.putInOrder()
            continue
          }
          const [id, newFacts] = one
          const at = index.products.rowOf(id)
          const known = rows.get(id)
          if (at === undefined || !known) continue
          index.products.setFacts(at, newFacts)
          rows.set(id, { ...known, ...newFacts })
        }
        for (const one of asked) {
          const { beside, ...found } = index.find(one)
          expect(found).toEqual(expected([...rows.values()], one))
          expect([...beside.keys()]).toEqual(found.ids)
          const named = [...rows.values()].filter((own) => hasText(own, one))
          expect(index.all(one).toSorted((a, b) => a - b)).toEqual(named.map(({ id }) => id).toSorted((a, b) => a - b))
        }
      },
    ),
    { numRuns: 150 },
  )
})
