import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { amountToInput } from '#lib/money/money.ts'
import type { GridRow } from '#lib/pricing/bulk/contract.ts'
import { type CellEdits, cellsOf, commandFor, execute } from '../_grid/cellEdits.ts'
import { parseBlock, writeBlock } from '../_grid/clipboard.ts'
import { cellText } from './gridEdits.ts'
import { NEW_COMPARE_AT, NEW_PRICE } from './columnIds.ts'
import { probedSkus, skuColumnOf } from './pasteColumns.ts'
import { type PastePlan, planByPlace, planBySku, skusOf } from './pastePlan.ts'
import { readCell } from './readCell.ts'

const COLUMNS = ['included', 'sku', 'product', 'price', 'compareAt', NEW_PRICE, NEW_COMPARE_AT]
const PRICE = 5
const NONE: CellEdits = new Map()
const NO_CHANGE = { name: 'none', changes: [] }

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

/** As the catalog suggests them: in another case, or with blanks around. */
function nearOf(texts: readonly string[]): Map<string, string> {
  const meant = texts.map((text) => [text, text.trim().toUpperCase()] as const)
  return new Map(meant.filter(([text, near]) => text !== near && PRODUCTS.has(near)))
}

function bySku(text: string, edits = NONE): PastePlan | undefined {
  const block = parseBlock(text)
  const probed = probedSkus(block)
  const column = skuColumnOf(block, { known: PRODUCTS, near: nearOf(probed) })
  if (column === undefined) return undefined
  const skus = skusOf(block, column)
  const products = new Map(skus.flatMap((sku) => [...PRODUCTS].filter(([known]) => known === sku)))
  return planBySku(block, { column, products, near: nearOf(skus), edits, field: 'amountCents' })
}

function written({ writes }: PastePlan): unknown[] {
  return writes.map(({ productId, field, value }) => [
    productId,
    field === 'amountCents' ? 'price' : 'compare-at',
    value,
  ])
}

test.each([
  ['JPY', '129,000', 129_000],
  ['JPY', '¥1290', 1290],
  ['KWD', '1.290', 1290],
  ['INR', '₹1,29,000.00', 12_900_000],
  ['INR', 'Rs. 1,29,000/-', 12_900_000],
  ['JPY', '１２９，０００', 129_000],
])('a cell in %s reads %j', (currency, text, value) => {
  const row = { ...product(1), currency }
  expect(readCell('amountCents', text, row)).toEqual({ value })
  expect(readCell('amountCents', text, row, 'pasted')).toEqual({ value })
  const cells = cellsOf(
    execute(NONE, commandFor('edit', NONE, [{ productId: 1, field: 'amountCents', value, currency }]) ?? NO_CHANGE),
  )
  expect(cells).toEqual([{ productId: 1, amountCents: value, currency }])
  expect(
    readCell('compareAtCents', cellText(COLUMNS, PRICE, row, NONE, { ...row, amountCents: value }) ?? '', row),
  ).toEqual({ value })
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
      const notes = text.startsWith('Name') ? ['Left out: Name.'] : []
      expect({ text, written: plan && written(plan), notes: plan?.notes }).toEqual({ text, written: wanted, notes })
    }
  })

  test('takes the columns that its header names, the new price before the old one', () => {
    const plan = bySku('SKU\tPrice\tNew price\tNew compare-at\nSKU-1\t10.01\t9.00\t10.01\n')
    expect(plan && written(plan)).toEqual([
      [1, 'price', 900],
      [1, 'compare-at', 1001],
    ])
  })

  test('is none for amounts of another currency, with a sign, or that can be read in two ways', () => {
    const plan = byPlace('1.00\t2.00\nUSD 3.00\t4.00\n-5.00\t6.00\n$7.00\t1,299\n', 0)
    expect(plan.writes).toHaveLength(4)
    expect(plan.marks.map(({ text }) => text)).toEqual(['USD 3.00', '-5.00', '$7.00', '1,299'])
  })

  test('is read as India writes amounts, by place and by SKU', () => {
    const wanted = [
      [1, 'price', 12_900_000],
      [2, 'price', 250_050],
    ]
    expect(written(byPlace('1,29,000.00\n2,500.50\n', 0))).toEqual(wanted)
    for (const text of ['SKU-1\t1,29,000.00\nSKU-2\t2,500.50', 'SKU\tPrice\nSKU-1\t1,29,000.00\nSKU-2\t2,500.50'])
      expect(written(bySku(text) ?? byPlace('', 0))).toEqual(wanted)
  })

  test.each(['Qty', 'Discount %', 'Discount', 'Change', 'VAT rate', 'Weight (kg)'])(
    'is refused when its only other column is no price: %s',
    (name) => {
      expect(bySku(`SKU\t${name}\nSKU-1\t5\nSKU-2\t7.50`)).toMatchObject({
        writes: [],
        notes: [expect.stringMatching(/^Nothing was pasted/)],
      })
      expect(bySku('SKU\tNeu\nSKU-1\t5')?.writes).toHaveLength(1)
    },
  )

  test.each([
    ['SKU\tPrice\tper\nSKU-1\t1200.00\t100', 'more than one piece'],
    ['SKU\tPrice\tValid from\nSKU-1\t12.00\t2091-01-01', 'from a later day on'],
    ['SKU\tPrice\tSale price\tOn sale\nSKU-1\t12.00\t9.00\tNo', 'are not on sale'],
  ])('is refused when a column says that a price holds on a condition: %j', (text, words) => {
    expect(bySku(text)).toMatchObject({ writes: [], notes: [expect.stringContaining(words)] })
    expect(bySku(text.replace(/\t[^\t]*$/, '\t'))?.writes).not.toEqual([])
  })

  test('is refused when its rows are for several places', () => {
    const block = (other: string) => bySku(`SKU\tPrice\tCountry\nSKU-1\t12.00\tDE\nSKU-2\t13.00\t${other}`)
    expect(block('CH')).toMatchObject({ writes: [], notes: [expect.stringContaining('several stores')] })
    expect(block('DE')?.writes).toHaveLength(2)
  })

  test('is refused when a line below its header says another currency or unit', () => {
    const block = (unit: string) => bySku(`SKU\tPrice\n\t${unit}\nSKU-1\t12.00\nSKU-2\t13.00`)
    for (const unit of ['USD', '[USD]', '$', 'cents'])
      expect(block(unit)).toMatchObject({ writes: [], notes: [expect.stringContaining(`says "${unit}"`)] })
    for (const unit of ['EUR', '€', '']) expect(block(unit)?.writes).toHaveLength(2)
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
    expect(plan?.notes).toEqual([expect.stringMatching(/^No product has 2 SKUs: SKU-9, "SKU-2 " \(write SKU-2 if/)])
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

  test.each([
    ['in lower case', 'sku-1\t1.00\nsku-2\t2.00', []],
    ['with a blank at the end', 'SKU-1 \t1.00\nSKU-2 \t2.00', []],
    ['that no product has', 'AB-101\t1.00\nAB-102\t2.00', []],
    ['that begin like an amount of a currency', 'CHR 000307\t1.00\nCHR 000308\t2.00', []],
    ['without digits that no product has', 'Chair\t1.00\nTable\t2.00', []],
    ['of which a supplier has most', 'X-1\t1\nX-2\t2\nSKU-3\t3\nX-4\t4\nX-5\t5', [[3, 'price', 300]]],
    ['beside two columns of amounts', 'X-1\t1\t2\nX-2\t2\t3', []],
  ] as const)('writes no other product, nor by place, for SKUs %s', (_what, text, wanted) => {
    const plan = bySku(text) ?? byPlace(text, 0)
    expect(written(plan)).toEqual(wanted)
    expect(plan.marks).toEqual([])
    expect(plan.notes.join(' ')).toMatch(/No product has|Nothing was pasted/)
  })

  test.each([
    ['Price\tSale price', '10\t8', 'price 800, compare-at 1000', '"Sale price" is the price from now on'],
    ['Price\tSale price', '10\t8\nSKU-3\t10\t', 'price 800, compare-at 1000, price 1000, compare-at null', 'no sale.'],
    ['Regular price\tSale price', '10\t8', 'price 800, compare-at 1000', '"Regular price" the compare-at price'],
    ['Price\tCost\tNote', '10\t8\tx', 'price 1000', 'Left out: Cost, Note.'],
    ['Price\tUVP', '10\t12', 'price 1000, compare-at 1200', '"UVP" is the compare-at price'],
    ['\tPrice\tSale price', 'x\t10\t8', 'price 800, compare-at 1000', 'Left out: #2.'],
    ['Price\tCurrency', '10\tUSD', '', 'the block has it in USD'],
    ['Price\tCurrency', '10\t€', 'price 1000', ''],
    ['Price A\tPrice B', '10\t12', '', 'Nothing was pasted. There is no column "price".'],
    ['Price\tPrice B', '10\t12', '', 'Nothing was pasted. The column "Price B" looks like a price.'],
  ])('reads SKU, %j as the import does', (header, line, wanted, note) => {
    const plan = bySku(`SKU\t${header}\nSKU-1\t${line}`)
    const cells = plan?.writes.map(({ field, value }) => `${field === 'amountCents' ? 'price' : 'compare-at'} ${value}`)
    expect(cells?.join(', ')).toBe(wanted)
    expect(plan?.notes.join(' ')).toContain(note)
  })

  test('writes each product of the catalog its own price and no other, in any order, with any share of SKUs, written in any way', () => {
    const line = fc.record({
      id: fc.integer({ min: 1, max: 12 }),
      minor: fc.integer({ min: 1, max: 500_000 }),
      spelt: fc.constantFrom(
        (sku: string) => sku,
        (sku: string) => sku.toLowerCase(),
        (sku: string) => `${sku} `,
      ),
    })
    const lines = fc.uniqueArray(line, { minLength: 1, maxLength: 10, selector: ({ id }) => id })
    fc.assert(
      fc.property(
        lines.chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
        (all) => {
          const cells = all.map(({ id, minor, spelt }) => [spelt(`SKU-${id}`), amountToInput(minor)])
          const plan = bySku(writeBlock(cells)) ?? byPlace(writeBlock(cells), 0)
          const known = all.filter(({ id, spelt }) => PRODUCTS.has(spelt(`SKU-${id}`)))
          expect(written(plan)).toEqual(known.map(({ id, minor }) => [id, 'price', minor]))
          expect(plan.marks).toEqual([])
          expect(plan.notes).toHaveLength(known.length === all.length ? 0 : 1)
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
