import fc from 'fast-check'
import { allForStaff, countsForStaff, loadSearch } from '#lib/catalog/search/search.ts'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { toWire } from '#lib/money/wire.ts'
import { MissingPermissionError } from '#lib/access/errors.ts'
import type { Principal } from '#lib/access/principal.ts'
import { db } from '#lib/platform/db.ts'
import { type SeededDatabase, seededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { person } from '../../testing/principals.ts'
import { GRID_SORTS, type Selection, selection as selectionSchema } from '../contract.ts'
import { countSelection, selectionRows, unknownSkus } from './selection.ts'
import { selectionFacets } from './selectionFacets.ts'
import { selectedIds } from './selectionSql.ts'

const SIZE = 200
const viewer = person('viewer')

interface Known {
  readonly id: number
  readonly sku: string
  readonly words: readonly string[]
  readonly brand: string
  readonly status: string
  readonly amountCents: number
  readonly onSale: boolean
  readonly changedAt: number
  readonly categories: ReadonlySet<string>
}

let database: SeededDatabase
let known: Known[]
let parents: Map<string, string | undefined>

beforeAll(async () => {
  database = await seededDatabase(SIZE)
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
  await database.db.product.updateMany({ where: { id: { in: [3, 30, 60] } }, data: { status: 'discontinued' } })
  // A product that is filed under the child alone, and prices that changed one by one.
  await database.db
    .$executeRaw`DELETE FROM product_categories pc USING categories c WHERE c.id = pc.category_id AND c.parent_id IS NULL AND pc.product_id % 3 = 0 AND c.kind = 'category'`
  for (const id of [2, 4, 8, 16])
    await database.db.price.update({
      where: { productId: id },
      data: { amountMinor: { increment: 1 }, compareAtMinor: null },
    })
  await database.db
    .$executeRaw`UPDATE prices SET cost_cents = base_amount_cents * (product_id % 7 + 1) / 10 WHERE product_id % 5 = 0`
  const categories = await database.db.category.findMany({ include: { parent: true } })
  parents = new Map(categories.map(({ slug, parent }) => [slug, parent?.slug]))
  const products = await database.db.product.findMany({
    orderBy: { id: 'asc' },
    include: { price: true, categories: { include: { category: true } } },
  })
  known = products.flatMap(({ id, sku, name, brand, status, price, categories }) => {
    if (!price) return []
    const words = `${name} ${brand} ${sku.replaceAll('-', ' ')}`.toLowerCase().split(/[^\p{L}\p{N}]+/u)
    const slugs = categories.flatMap(({ category }) => [category.slug, parents.get(category.slug) ?? category.slug])
    const { amountCents, compareAtCents, versionUpdatedAt } = toWire(price)
    return [
      {
        id,
        sku,
        words,
        brand,
        status,
        amountCents,
        onSale: compareAtCents !== null,
        changedAt: versionUpdatedAt.getTime(),
        categories: new Set(slugs),
      },
    ]
  })
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
  await database.drop()
})

/** The words of the contract, one product at a time. */
function selects(selection: Selection, product: Known, found: ReadonlySet<number>): boolean {
  const { text, categories, brands, minCents, maxCents, status, onSale, changedAfter, changedBefore, skus } = selection
  if (selection.removed.includes(product.id)) return false
  if (selection.added.includes(product.id)) return true
  if (!selection.matching) return false
  return (
    (text === undefined || text === '' || String(product.id) === text || found.has(product.id)) &&
    (categories === undefined || categories.length === 0 || categories.some((slug) => product.categories.has(slug))) &&
    (brands === undefined || brands.length === 0 || brands.includes(product.brand)) &&
    (minCents === undefined || product.amountCents >= minCents) &&
    (maxCents === undefined || product.amountCents <= maxCents) &&
    (status === undefined || product.status === status) &&
    (onSale === undefined || product.onSale === onSale) &&
    (changedAfter === undefined || product.changedAt >= Date.parse(changedAfter)) &&
    (changedBefore === undefined || product.changedAt < Date.parse(changedBefore)) &&
    (skus === undefined || skus.includes(product.sku))
  )
}

async function expectAsToldByWords(selection: Selection): Promise<void> {
  // The tests of the search cover words.
  const found = new Set(await allForStaff(selection.text ?? ''))
  const expected = known.filter((product) => selects(selection, product, found)).map(({ id }) => id)
  const { rows, total } = await selectionRows(viewer, { selection, offset: 0, limit: 500 })
  expect(rows.map(({ productId }) => productId)).toEqual(expected)
  expect(total).toBe(expected.length)
  expect(await selectedIds(db(), selection), 'an edit takes what the grid shows').toEqual(expected)
}

test('finds the same while the search index is being loaded, and by it', async () => {
  const [{ brand = '', changedAt = 0, amountCents = 0 } = {}] = known
  const slugs = [...parents.keys()]
  const asked = [
    {},
    { status: 'discontinued' },
    { brands: [brand], status: 'active' },
    ...slugs.map((slug) => ({ categories: [slug] })),
    { categories: slugs.slice(0, 3), brands: [brand], removed: [1], added: [2, 3] },
    { minCents: amountCents, onSale: false },
    { maxCents: amountCents, amountOf: 'shown', changedBefore: new Date(changedAt + 1).toISOString() },
  ].map((one) => selectionSchema.parse(one))
  const sorts = ['name', 'id', 'amount'] as const
  const page = { offset: 3, limit: 50, direction: 'desc' } as const
  const read = async () => ({
    facets: await selectionFacets(viewer),
    counts: await Promise.all(asked.map((one) => countSelection(viewer, one))),
    rows: await Promise.all(
      asked.flatMap((selection) => sorts.map((sort) => selectionRows(viewer, { selection, ...page, sort }))),
    ),
  })
  expect(await countsForStaff()).toBeUndefined()
  const byPostgres = await read()
  await loadSearch()
  expect(await countsForStaff()).toBeDefined()
  expect(await read()).toEqual(byPostgres)
})

describe('a selection', () => {
  test('finds what each filter says, alone and together with others', async () => {
    const ids = fc.uniqueArray(fc.integer({ min: 1, max: SIZE + 5 }), { maxLength: 12 })
    const cents = fc.constantFrom(...known.map(({ amountCents }) => amountCents))
    const moments = fc.constantFrom(...known.map(({ changedAt }) => new Date(changedAt).toISOString()))
    const words = fc
      .constantFrom(...known.flatMap((product) => product.words.filter((word) => word !== '')))
      .chain((word) => fc.integer({ min: 1, max: word.length }).map((end) => word.slice(0, end)))
    const drafts = fc.record(
      {
        text: fc.oneof(
          words,
          fc.tuple(words, words).map((pair) => pair.join(' ')),
          fc.constantFrom('', '7', '---', "O'Neil; DROP TABLE", 'é'),
        ),
        categories: fc.subarray([...parents.keys(), 'no-such'], { maxLength: 3 }),
        brands: fc.subarray([...new Set(known.map(({ brand }) => brand)), 'No brand'], { maxLength: 4 }),
        minCents: cents,
        maxCents: cents,
        status: fc.constantFrom('active' as const, 'discontinued' as const),
        onSale: fc.boolean(),
        changedAfter: moments,
        changedBefore: moments,
        skus: fc.subarray([...known.map(({ sku }) => sku), 'A"B\\C,{}', "'"]),
        matching: fc.boolean(),
        added: ids,
        removed: ids,
      },
      { requiredKeys: [] },
    )
    // Few at a time, or nearly every selection would be empty.
    const few = fc
      .tuple(drafts, fc.integer({ min: 0, max: 3 }))
      .map(([draft, count]) => Object.fromEntries(Object.entries(draft).slice(0, count)))
    await fc.assert(
      fc.asyncProperty(fc.oneof(few, drafts), (draft) => expectAsToldByWords(selectionSchema.parse(draft))),
      { numRuns: 200 },
    )
  })

  test('of a category has the products of its subcategories, also those filed under a subcategory alone', async () => {
    for (const slug of parents.keys()) await expectAsToldByWords(selectionSchema.parse({ categories: [slug] }))
  })

  test('of everything, without a single product, and of an empty list of SKUs', async () => {
    await expectAsToldByWords(selectionSchema.parse({}))
    await expectAsToldByWords(selectionSchema.parse({ removed: [1, 2] }))
    expect(await countSelection(viewer, selectionSchema.parse({ skus: [] }))).toBe(0)
    expect(await countSelection(viewer, selectionSchema.parse({ matching: false }))).toBe(0)
  })

  test.each(
    GRID_SORTS.flatMap(
      (sort) =>
        [
          [sort, 'asc'],
          [sort, 'desc'],
        ] as const,
    ),
  )('by %s, %s, is cut into pages without a gap or a repetition', async (sort, direction) => {
    // Many equal prices: the id must decide.
    const selection = selectionSchema.parse({})
    const pages: number[] = []
    for (let offset = 0; offset < SIZE; offset += 37) {
      const { rows } = await selectionRows(viewer, { selection, offset, limit: 37, sort, direction })
      pages.push(...rows.map(({ productId }) => productId))
    }
    const { rows } = await selectionRows(viewer, { selection, offset: 0, limit: 500, sort, direction })
    expect(pages).toEqual(rows.map(({ productId }) => productId))
    expect(new Set(pages).size).toBe(SIZE)
    const listed = { selection: selectionSchema.parse({ skus: known.map(({ sku }) => sku) }), offset: 0, limit: 500 }
    const fromPostgres = await selectionRows(viewer, { ...listed, sort, direction })
    expect(fromPostgres).toEqual({ rows, total: SIZE })
    const values = rows.map(
      ({ productId, name, sku, brand, amountCents, costCents, compareAtCents, versionUpdatedAt }) =>
        ({
          id: productId,
          listed: productId, // in a selection without a list
          name,
          sku,
          brand,
          amount: amountCents,
          margin: costCents === null ? null : (amountCents - costCents) / amountCents,
          compareAt: compareAtCents,
          changed: versionUpdatedAt,
          change: null, // nothing would change
        })[sort],
    )
    const numeric = values.map(Number)
    if (sort === 'id' || sort === 'amount')
      expect(numeric).toEqual(numeric.toSorted((a, b) => (direction === 'asc' ? a - b : b - a)))
    if (sort === 'margin' || sort === 'compareAt') {
      const some = values.filter((value) => value !== null)
      expect(some.length).toBeGreaterThan(0)
      expect(some.length).toBeLessThan(SIZE)
      expect(values.slice(0, some.length), 'those without it are last').toEqual(some)
      const sorted = some.map(Number).toSorted((a, b) => (direction === 'asc' ? a - b : b - a))
      expect(some.map(Number)).toEqual(sorted)
    }
    if (sort === 'changed')
      expect(values).toEqual(direction === 'asc' ? values.toSorted() : values.toSorted().toReversed())
  })

  test('in the order of a list of SKUs, page by page, with what was added by hand behind it', async () => {
    const wanted = [known[7], known[2], known[40], known[11], known[3]].map((one) => one?.sku ?? '')
    const added = known[20]
    const selection = selectionSchema.parse({ skus: [...wanted, wanted[0] ?? ''], added: added ? [added.id] : [] })
    const page = (offset: number) => selectionRows(viewer, { selection, offset, limit: 2, sort: 'listed' })
    const rows = [...(await page(0)).rows, ...(await page(2)).rows, ...(await page(4)).rows]
    expect(rows.map(({ sku }) => sku)).toEqual([...wanted, added?.sku])
  })

  test('says which of the SKUs that were pasted are none', async () => {
    const [one, two] = known.map(({ sku }) => sku)
    expect(await unknownSkus(viewer, ['NONE-2', one ?? '', 'a"b\\', 'NONE-1', two ?? '', 'NONE-2'])).toEqual([
      'NONE-2',
      'a"b\\',
      'NONE-1',
    ])
  })
})

test('the facets are the categories in the order of the tree and the brands, each with its products', async () => {
  const { categories, brands } = await selectionFacets(viewer)
  for (const { slug, parent, products } of categories) {
    expect(parent ?? undefined).toBe(parents.get(slug))
    expect({ slug, products }).toEqual({
      slug,
      products: known.filter((product) => product.categories.has(slug)).length,
    })
  }
  expect(categories).toHaveLength(parents.size)
  expect(brands.reduce((sum, { products }) => sum + products, 0)).toBe(SIZE)
  let room: string | undefined
  for (const { slug, parent } of categories.filter(({ kind }) => kind === 'category')) {
    if (parent === null) room = slug
    else expect({ slug, under: room }).toEqual({ slug, under: parent })
  }
})

test('refuses each read of a selection without the permission to read', async () => {
  const unpermitted: Principal = { ...viewer, permissions: [] }
  const selection = selectionSchema.parse({})
  for (const read of [
    () => countSelection(unpermitted, selection),
    () => selectionRows(unpermitted, { selection, offset: 0, limit: 1 }),
    () => selectionFacets(unpermitted),
    () => unknownSkus(unpermitted, []),
  ])
    await expect(read()).rejects.toBeInstanceOf(MissingPermissionError)
})

test('counts in memory what was committed before the call', async () => {
  const count = () => countSelection(viewer, selectionSchema.parse({ status: 'discontinued', minCents: 1_000_000 }))
  const before = await count()
  await database.db.product.update({ where: { id: 5 }, data: { status: 'discontinued' } })
  await database.db.price.update({ where: { productId: 5 }, data: { amountMinor: 2_000_000, compareAtMinor: null } })
  expect(await count()).toBe(before + 1)
})
