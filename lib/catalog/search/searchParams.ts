/**
 * Reads what stands behind `/search?`. No input of a visitor leads to an error page: unusable values are left
 * out, and a message stands beside the field.
 */
import { MAX_AMOUNT, minorUnits, SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { decimalAmount } from '#lib/money/formatMoney.ts'

export const SORTS = ['recommended', 'price-asc', 'price-desc', 'name'] as const
export type Sort = (typeof SORTS)[number]

export interface SearchQuery {
  text: string
  /** A category's slug. */
  category: string | undefined
  minAmount: number | undefined
  maxAmount: number | undefined
  /** One of them is enough; none: all. */
  brands: readonly string[]
  colours: readonly string[]
  onSale: boolean
  inStock: boolean
  sort: Sort
  page: number
}

export type SearchField = 'q' | 'category' | 'min' | 'max' | 'sort' | 'page'
/** Fields that may be given several times, and those that are there or not. */
const LISTS = { brand: 'brands', colour: 'colours' } as const
const FLAGS = { sale: 'onSale', stock: 'inStock' } as const
type ProblemCode = 'tooLong' | 'notAnAmount' | 'swapped' | 'unknownCategory' | 'unknownSort' | 'noSuchPage'

export interface SearchProblem {
  field: SearchField
  code: ProblemCode
  /** The typed text, shortened. */
  value: string
}

export type RawSearchParams = Readonly<Record<string, string | string[] | undefined>>

const MAX_TEXT = 100
/** Values of one list: more than a person chooses. */
const MAX_VALUES = 30
const AMOUNT = /^(\d{1,8})(?:[.,](\d+))?$/

/** A field given twice counts once, as its first value. */
function single(raw: RawSearchParams, field: SearchField): string {
  const value = raw[field]
  return ((Array.isArray(value) ? value[0] : value) ?? '').trim()
}

function several(raw: RawSearchParams, field: keyof typeof LISTS): string[] {
  const values = [raw[field] ?? []].flat().map((value) => value.trim().slice(0, MAX_TEXT))
  return [...new Set(values.filter((value) => value !== ''))].slice(0, MAX_VALUES)
}

function amountMinor(text: string): number | undefined {
  const [, whole = '', decimals = ''] = AMOUNT.exec(text) ?? []
  if (whole === '' || decimals.length > SHOP_CURRENCY.digits) return undefined
  const amount = minorUnits(whole, decimals, SHOP_CURRENCY)
  return amount > MAX_AMOUNT ? undefined : amount
}

/** @returns the query that is used, and what was left out of it or changed */
export function parseSearch(raw: RawSearchParams): { query: SearchQuery; problems: SearchProblem[] } {
  const problems: SearchProblem[] = []
  const complain = (field: SearchField, code: ProblemCode) =>
    problems.push({ field, code, value: single(raw, field).slice(0, 40) })

  const wholeText = single(raw, 'q').replace(/\s+/gu, ' ')
  const text = [...wholeText].slice(0, MAX_TEXT).join('').trim()
  if (text !== wholeText) complain('q', 'tooLong')

  const limit = (field: 'min' | 'max') => {
    const value = single(raw, field)
    // As it is typed in Japan: `１００`.
    const amount = amountMinor(value.normalize('NFKC'))
    if (value !== '' && amount === undefined) complain(field, 'notAnAmount')
    return amount
  }
  let minAmount = limit('min')
  let maxAmount = limit('max')
  if (minAmount !== undefined && maxAmount !== undefined && minAmount > maxAmount) {
    ;[minAmount, maxAmount] = [maxAmount, minAmount]
    complain('min', 'swapped')
  }

  const sortText = single(raw, 'sort')
  const sort = SORTS.find((candidate) => candidate === sortText)
  if (sortText !== '' && !sort) complain('sort', 'unknownSort')

  const pageText = single(raw, 'page')
  const page = /^[1-9]\d{0,5}$/.test(pageText) ? Number(pageText) : undefined
  if (pageText !== '' && page === undefined) complain('page', 'noSuchPage')

  return {
    query: {
      text,
      category: single(raw, 'category') || undefined,
      minAmount,
      maxAmount,
      brands: several(raw, 'brand'),
      colours: several(raw, 'colour'),
      onSale: raw['sale'] === '1',
      inStock: raw['stock'] === '1',
      sort: sort ?? 'recommended',
      page: page ?? 1,
    },
    problems,
  }
}

function typedAmount(amount: number): string {
  return decimalAmount(amount, SHOP_CURRENCY.code).replace(/\.0+$/, '')
}

/** The query as form fields hold it; what is the default is an empty text. */
export function searchFields(query: SearchQuery): Record<Exclude<SearchField, 'page'>, string> {
  return {
    q: query.text,
    category: query.category ?? '',
    min: query.minAmount === undefined ? '' : typedAmount(query.minAmount),
    max: query.maxAmount === undefined ? '' : typedAmount(query.maxAmount),
    sort: query.sort === 'recommended' ? '' : query.sort,
  }
}

/** The rest of the query: lists, and what is there or not. */
export function keptFields(query: SearchQuery): [string, string][] {
  const lists = Object.entries(LISTS).flatMap(([field, list]) =>
    query[list].map((value): [string, string] => [field, value]),
  )
  const flags = Object.entries(FLAGS).flatMap(([field, flag]): [string, string][] =>
    query[flag] ? [[field, '1']] : [],
  )
  return [...lists, ...flags]
}

/** The query as it stands in an address, defaults left out. @returns without the question mark, possibly empty */
export function searchString(query: SearchQuery): string {
  const params = new URLSearchParams(Object.entries(searchFields(query)).filter(([, value]) => value !== ''))
  for (const [field, value] of keptFields(query)) params.append(field, value)
  if (query.page > 1) params.set('page', String(query.page))
  return params.toString()
}
