import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { amountToInput } from '#lib/money/money.ts'
import type { GridRow } from '#lib/pricing/bulk/contract.ts'
import type { CellEdits } from '../_grid/cellEdits.ts'
import { parseBlock, writeBlock } from '../_grid/clipboard.ts'
import { NEW_COMPARE_AT, NEW_PRICE } from './columnIds.ts'
import { type PastePlan, planByPlace, planBySku, probedSkus, skuColumnOf, skusOf } from './pastePlan.ts'
import { readCell } from './readCell.ts'

const COLUMNS = ['included', 'sku', 'product', 'price', 'compareAt', NEW_PRICE, NEW_COMPARE_AT]
const PRICE = 5
const NONE: CellEdits = new Map()

function product(productId: number): GridRow {
  return {
    productId,
    sku: `SKU-${productId}`,
    slug: `product-${productId}`,
    name: `Product ${productId}`,
    brand: 'Nord',
    status: 'active',
    amountCents: 1000 + productId,
    compareAtCents: productId % 2 === 0 ? 2000 : null,
    currency: 'EUR',
    version: 1,
    versionUpdatedAt: '2026-11-21T00:00:00.000Z',
    costCents: null,
  }
}

const PRODUCTS = new Map([1, 2, 3, 4].map((id) => [`SKU-${id}`, product(id)]))

function byPlace(text: string, top: number, { bottom = top, left = PRICE, edits = NONE } = {}): PastePlan {
  const rows = { total: 4, row: (index: number) => (index < 4 ? product(index + 1) : undefined) }
  return planByPlace(parseBlock(text), { top, bottom, left, right: left }, { rows, columns: COLUMNS, edits })
}

function bySku(text: string, edits = NONE): PastePlan | undefined {
  const block = parseBlock(text)
  const column = skuColumnOf(block, new Set(probedSkus(block).filter((sku) => PRODUCTS.has(sku))))
  if (column === undefined) return undefined
  const products = new Map(skusOf(block, column).flatMap((sku) => [...PRODUCTS].filter(([known]) => known === sku)))
  return planBySku(block, { column, products, edits, field: 'amountCents' })
}

function written({ writes }: PastePlan): unknown[] {
  return writes.map(({ productId, field, value }) => [
    productId,
    field === 'amountCents' ? 'price' : 'compare-at',
    value,
  ])
}

describe('a cell', () => {
  test.each([
    ['amountCents', ' 12,90 ', { value: 1290 }],
    ['amountCents', '', { value: undefined }],
    ['compareAtCents', '  ', { value: undefined }],
    ['compareAtCents', 'None', { value: null }],
    ['compareAtCents', '-', { value: null }],
    ['compareAtCents', '–', { value: null }],
    ['compareAtCents', '1,299.00', { value: 129_900 }],
    ['amountCents', '-10%', { value: 902 }],
    ['amountCents', '+5 %', { value: 1052 }],
    ['amountCents', '−12,5%', { value: 877 }],
    ['amountCents', '+5', { value: 1502 }],
    ['amountCents', '- 0.02', { value: 1000 }],
    ['compareAtCents', '-10%', { value: 1800 }],
  ] as const)('reads %s %j', (field, text, read) => {
    expect(readCell(field, text, product(2))).toEqual(read)
  })

  test.each([
    ['amountCents', 'none', /digits/],
    ['amountCents', '-', /sign/],
    ['amountCents', '0', /above zero/],
    ['compareAtCents', '1,299', /two ways/],
    ['amountCents', '10%', /Write \+10% or -10%/],
    ['amountCents', '-100%', /zero or below/],
    ['amountCents', '-10.01', /zero or below/],
    ['amountCents', '+1,299', /two ways/],
    ['amountCents', '+99999999', /highest/],
    ['compareAtCents', '-10%', /no compare-at/],
  ] as const)('refuses %s %j in words', (field, text, message) => {
    expect(readCell(field, text, product(1))).toEqual({ error: expect.stringMatching(message) })
  })

  test('takes a pasted percentage, and no pasted minus', () => {
    expect(readCell('amountCents', '-10%', product(2), 'pasted')).toEqual({ value: 902 })
    expect(readCell('amountCents', '-5.00', product(2), 'pasted')).toEqual({ error: expect.stringMatching(/sign/) })
  })
})

describe('a block without SKUs', () => {
  test('goes into the new prices from the selection on; what has no row or no column is said', () => {
    const plan = byPlace('1.00\t2.00\t3.00\n4.00\t5.00\tnone\n7.00\t8.00\t9.00\n', 2, { left: PRICE - 1 })
    expect(written(plan)).toEqual([
      [3, 'price', 200],
      [3, 'compare-at', 300],
      [4, 'price', 500],
      [4, 'compare-at', null],
    ])
    expect(plan.notes).toEqual([
      '3 values had no row: the list ends before the block does.',
      '2 values fell on columns that cannot be written.',
    ])
  })

  test('of one text fills the whole selection', () => {
    expect(written(byPlace('3,50', 0, { bottom: 3 }))).toEqual([1, 2, 3, 4].map((id) => [id, 'price', 350]))
  })

  test('marks what cannot be read, and says which cells keep a price typed before', () => {
    const plan = byPlace('1.00\n1,299\nfree\n4.00', 0, { edits: new Map([[2, { amountCents: 777 }]]) })
    expect(written(plan)).toEqual([
      [1, 'price', 100],
      [4, 'price', 400],
    ])
    expect(plan.marks.map(({ productId, text }) => [productId, text])).toEqual([
      [2, '1,299'],
      [3, 'free'],
    ])
    expect(plan.notes.join()).toMatch(
      /^2 cells could not be read and are marked: SKU-2: .*two ways.* SKU-3: .*digits.* 1 of them keeps the price typed before\.$/,
    )
  })
})

describe('a block with SKUs', () => {
  test('goes by SKU, in any order, with a header or without', () => {
    const wanted = [
      [3, 'price', 300],
      [1, 'price', 100],
    ]
    for (const text of [
      'SKU-3\t3.00\nSKU-1\t1.00',
      '3.00\tSKU-3\n1.00\tSKU-1',
      'Name\tSKU\tPrice\nx\tSKU-3\t3.00\ny\tSKU-1\t1.00',
    ]) {
      const plan = bySku(text)
      expect({ text, written: plan && written(plan), notes: plan?.notes }).toEqual({ text, written: wanted, notes: [] })
    }
  })

  test('takes the columns that its header names, the new price before the old one', () => {
    const plan = bySku('SKU\tPrice\tNew price\tNew compare-at\nSKU-1\t10.01\t9.00\t10.01\n')
    expect(plan && written(plan)).toEqual([
      [1, 'price', 900],
      [1, 'compare-at', 1001],
    ])
  })

  test('is refused when two columns may be the new price', () => {
    const plan = bySku('SKU-1\t10.01\t9.00\nSKU-2\t10.02\t9.00')
    expect(plan).toMatchObject({ writes: [], notes: [expect.stringMatching(/not clear which column/)] })
  })

  test('names SKUs that no product has, and those with a blank at their edge, and writes the others', () => {
    const plan = bySku('SKU-1\t1.00\nSKU-9\t9.00\nSKU-2 \t2.00\nSKU-4\t4.00')
    expect(plan && written(plan)).toEqual([
      [1, 'price', 100],
      [4, 'price', 400],
    ])
    expect(plan?.notes).toEqual([expect.stringMatching(/^No product has 2 SKUs: SKU-9, "SKU-2 " ends with a blank/)])
  })

  test('marks a SKU that stands twice with different prices, and takes one that stands twice with the same', () => {
    const plan = bySku('SKU-1\t1.00\nSKU-1\t2.00\nSKU-2\t3.00\nSKU-2\t3.00')
    expect(plan && written(plan)).toEqual([[2, 'price', 300]])
    expect(plan?.marks).toMatchObject([{ productId: 1 }])
  })

  test('is none when it has one column only, or its texts are not SKUs', () => {
    expect(bySku('SKU-1\nSKU-2')).toBeUndefined()
    expect(bySku('1.00\t2.00\n3.00\t4.00')).toBeUndefined()
  })

  test('writes the same in every order of its rows, and each product at most once a field', () => {
    const line = fc.record({ id: fc.integer({ min: 1, max: 6 }), minor: fc.integer({ min: 1, max: 500_000 }) })
    const lines = fc.uniqueArray(line, { minLength: 1, maxLength: 6, selector: ({ id }) => id })
    fc.assert(
      fc.property(
        lines.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const known = all.filter(({ id }) => id <= 4)
          fc.pre(known.length * 2 >= all.length)
          const plan = (rows: typeof all) =>
            bySku(writeBlock(rows.map(({ id, minor }) => [`SKU-${id}`, amountToInput(minor)])))
          const pairs = (rows: typeof all) =>
            plan(rows)
              ?.writes.map(({ productId, value }) => `${productId} ${value}`)
              .toSorted()
          expect(pairs(shuffled)).toEqual(known.map(({ id, minor }) => `${id} ${minor}`).toSorted())
          expect(plan(all)?.notes).toHaveLength(known.length === all.length ? 0 : 1)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('never throws, and writes nothing that it does not read, for any text', () => {
    const text = fc.array(
      fc.array(fc.oneof(fc.constantFrom('SKU-1', 'SKU-2', '1.00', '-10%', 'free', ''), fc.string()), { maxLength: 4 }),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(text, (cells) => {
        const block = writeBlock(cells)
        for (const plan of [bySku(block), byPlace(block, 0)]) {
          const keys = [...(plan?.marks ?? [])].map(({ productId, field }) => `${productId} ${field}`)
          for (const { productId, field, value } of plan?.writes ?? []) {
            expect(value === null || value === undefined || value > 0).toBe(true)
            expect(keys).not.toContain(`${productId} ${field}`)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
