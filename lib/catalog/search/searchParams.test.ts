import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSearch, searchString, SORTS } from './searchParams.ts'

const codes = (raw: Parameters<typeof parseSearch>[0]) => parseSearch(raw).problems.map((p) => `${p.field}:${p.code}`)

describe('parseSearch', () => {
  it('takes an empty address for "everything"', () => {
    expect(parseSearch({})).toEqual({
      query: {
        text: '',
        category: undefined,
        minAmount: undefined,
        maxAmount: undefined,
        brands: [],
        colours: [],
        onSale: false,
        inStock: false,
        sort: 'recommended',
        page: 1,
      },
      problems: [],
    })
  })

  it.each([
    ['10', 1000],
    ['10.5', 1050],
    ['10,50', 1050],
    [' 0.99 ', 99],
    ['0', 0],
    ['１９．９０', 1990],
    ['\u00a05\u00a0', 500],
  ])('reads the amount %j as %i cents', (text, cents) => {
    expect(parseSearch({ min: text }).query.minAmount).toBe(cents)
    expect(codes({ min: text })).toEqual([])
  })

  it.each(['abc', '-1', '1e3', '1.234', '1,000.00', '١٢', '9999999', '½', '+5', 'NaN', 'Infinity', '0x10', '1\u0000'])(
    'leaves the amount %j out and says so',
    (text) => {
      expect(parseSearch({ max: text }).query.maxAmount).toBeUndefined()
      expect(codes({ max: text })).toEqual(['max:notAnAmount'])
    },
  )

  it('swaps limits that are the wrong way round and says so', () => {
    const { query } = parseSearch({ min: '50', max: '20' })
    expect([query.minAmount, query.maxAmount]).toEqual([2000, 5000])
    expect(codes({ min: '50', max: '20' })).toEqual(['min:swapped'])
  })

  it.each(['0', '-1', '-0', '1.5', '01', 'two', '9999999', '+1', '1e1', '２', '1 2'])(
    'shows the first page for page %j and says so',
    (page) => {
      expect(parseSearch({ page }).query.page).toBe(1)
      expect(codes({ page })).toEqual(['page:noSuchPage'])
    },
  )

  it('names an order that it does not know', () => {
    expect(codes({ sort: 'cheapest' })).toEqual(['sort:unknownSort'])
  })

  it('shortens a long text without cutting a character in two', () => {
    const { query, problems } = parseSearch({ q: '🌲'.repeat(101) })
    expect(query.text).toBe('🌲'.repeat(100))
    expect(problems[0]?.code).toBe('tooLong')
  })

  it('uses the first of a repeated field', () => {
    expect(parseSearch({ q: ['oak', 'pine'] }).query.text).toBe('oak')
    expect(parseSearch({ page: ['-1', '3'] }).query.page).toBe(1)
    expect(parseSearch({ q: [], category: [''], sort: ['name', 'best'] }).query).toMatchObject({
      text: '',
      sort: 'name',
    })
  })

  it('never throws, with any text in the address', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string()), fc.constant(undefined))
    fc.assert(
      fc.property(fc.record({ q: value, category: value, min: value, max: value, sort: value, page: value }), (raw) => {
        const { query } = parseSearch(raw)
        expect(SORTS).toContain(query.sort)
        expect(query.page).toBeGreaterThan(0)
      }),
    )
  })

  it('understands its own addresses', () => {
    const { query } = parseSearch({
      q: 'oak & pine',
      category: 'home',
      min: '5',
      max: '12,5',
      brand: ['Tilde & Oak', 'Halvorn', 'Halvorn'],
      colour: 'sage',
      sale: '1',
      stock: '1',
      sort: 'name',
      page: '3',
    })
    expect(query).toMatchObject({ brands: ['Tilde & Oak', 'Halvorn'], colours: ['sage'], onSale: true, inStock: true })
    const params = new URLSearchParams(searchString(query))
    const raw = Object.fromEntries([...params.keys()].map((key) => [key, params.getAll(key)]))
    expect(parseSearch({ ...raw, sale: '1', stock: '1' }).query).toEqual(query)
  })
})
