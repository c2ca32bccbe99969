/** The filters of a list, as links with counts. On the server: each link is an address of its own. */
import { childrenOf, nameIn, topCategories } from '#lib/catalog/categories.ts'
import type { CategoryRef } from '#lib/catalog/rows.ts'
import type { Facets } from '#lib/catalog/search/index/facets.ts'
import { PRICE_STEPS } from '#lib/catalog/search/index/priceRanges.ts'
import { SORTS, type SearchQuery, type Sort } from '#lib/catalog/search/searchParams.ts'
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { fillText } from '../../_i18n/fillText.ts'
import type { Messages } from '../../_i18n/messages.ts'
import { localized, searchPath } from '../../_i18n/paths.ts'
import { colourName } from '../catalog/variants.ts'

export interface FacetValue {
  readonly label: string
  /** The number of products that a click shows, as people write it. */
  readonly count: string
  /** With the value, or without it where it is chosen. */
  readonly href: string
  readonly isChosen: boolean
  /** A colour of the palette. */
  readonly swatch?: string
}

export interface FacetGroup {
  readonly key: string
  readonly title: string
  readonly values: readonly FacetValue[]
}

interface Surroundings {
  readonly query: SearchQuery
  readonly facets: Facets
  readonly categories: readonly CategoryRef[]
  readonly locale: Locale
  readonly messages: Pick<Messages, 'Search' | 'Colours'>
}

const toggled = (list: readonly string[], value: string) =>
  list.includes(value) ? list.filter((other) => other !== value) : [...list, value]

/** The children of the chosen category, or its neighbours; without one the top of the tree. */
function offeredCategories(all: readonly CategoryRef[], slug: string | undefined): readonly CategoryRef[] {
  const chosen = all.find((category) => category.slug === slug)
  if (!chosen) return topCategories(all)
  const children = childrenOf(all, chosen.id)
  const others = chosen.parentId === null ? topCategories(all) : childrenOf(all, chosen.parentId)
  return children.length > 0 ? [chosen, ...children] : others
}

/** The bounds of a range of amounts; no limit where the range has none. */
function priceRange(i: number): Pick<SearchQuery, 'minAmount' | 'maxAmount'> {
  const above = PRICE_STEPS[i]
  return { minAmount: PRICE_STEPS[i - 1], maxAmount: above === undefined ? undefined : above - 1 }
}

export const SORT_LABELS = {
  recommended: 'sortRecommended',
  'price-asc': 'sortPriceAsc',
  'price-desc': 'sortPriceDesc',
  name: 'sortName',
} as const satisfies Record<Sort, keyof Messages['Search']>

/** The orders of a list, for a page that has no form. */
export function sortGroup(query: SearchQuery, locale: Locale, labels: Messages['Search']): FacetGroup {
  const values = SORTS.map((sort) => ({
    label: labels[SORT_LABELS[sort]],
    count: '',
    href: localized(locale, searchPath({ ...query, page: 1, sort })),
    isChosen: query.sort === sort,
  }))
  return { key: 'sort', title: labels.sort, values }
}

export function facetGroups({ query, facets, categories, locale, messages }: Surroundings): FacetGroup[] {
  const { Search: labels, Colours } = messages
  const numbers = new Intl.NumberFormat(locale)
  const value = (label: string, count: number, isChosen: boolean, change: Partial<SearchQuery>): FacetValue => ({
    label,
    count: numbers.format(count),
    href: localized(locale, searchPath({ ...query, page: 1, ...change })),
    isChosen,
  })
  const counted = (counts: ReadonlyMap<string, number>, chosen: readonly string[]) =>
    [...new Set([...counts.keys(), ...chosen])]
      .map((text) => ({ text, count: counts.get(text) ?? 0, isChosen: chosen.includes(text) }))
      .toSorted((a, b) => Number(b.isChosen) - Number(a.isChosen) || b.count - a.count || (a.text < b.text ? -1 : 1))

  const { code, digits } = SHOP_CURRENCY
  const amounts = new Intl.NumberFormat(locale, { style: 'currency', currency: code, maximumFractionDigits: 0 })
  const money = (amountMinor: number) => amounts.format(amountMinor / 10 ** digits)
  const priceLabel = (i: number) => {
    const [from, to] = [PRICE_STEPS[i - 1], PRICE_STEPS[i]]
    if (from === undefined) return fillText(labels.priceBelow, { price: money(to ?? 0) })
    if (to === undefined) return fillText(labels.priceFrom, { price: money(from) })
    return fillText(labels.priceBetween, { from: money(from), to: money(to) })
  }

  const groups: FacetGroup[] = [
    {
      key: 'category',
      title: labels.category,
      values: offeredCategories(categories, query.category).flatMap(({ id, slug, names }) => {
        const count = facets.categories.get(id) ?? 0
        const isChosen = query.category === slug
        if (count === 0 && !isChosen) return []
        return [value(nameIn(names, locale), count, isChosen, { category: isChosen ? undefined : slug })]
      }),
    },
    {
      key: 'price',
      title: labels.price,
      values: facets.prices.flatMap((count, i) => {
        const range = priceRange(i)
        const isChosen = range.minAmount === query.minAmount && range.maxAmount === query.maxAmount
        if (count === 0 && !isChosen) return []
        const none = { minAmount: undefined, maxAmount: undefined }
        return [value(priceLabel(i), count, isChosen, isChosen ? none : range)]
      }),
    },
    {
      key: 'colour',
      title: labels.colour,
      values: counted(facets.colours, query.colours).map(({ text, count, isChosen }) => ({
        ...value(colourName(text, Colours), count, isChosen, { colours: toggled(query.colours, text) }),
        swatch: text,
      })),
    },
    {
      key: 'brand',
      title: labels.brand,
      values: counted(facets.brands, query.brands).map(({ text, count, isChosen }) =>
        value(text, count, isChosen, { brands: toggled(query.brands, text) }),
      ),
    },
    {
      key: 'offers',
      title: labels.offers,
      values: [
        value(labels.onSale, facets.onSale, query.onSale, { onSale: !query.onSale }),
        value(labels.inStock, facets.inStock, query.inStock, { inStock: !query.inStock }),
      ],
    },
  ]
  return groups.filter(({ values }) => values.length > 0)
}
