import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SeededDatabase, seededDatabase } from '#lib/platform/testing/catalog.ts'
import { readSku } from '#lib/pricing/skus/sku.ts'

const MIGRATION = readFileSync(
  path.join(import.meta.dirname, 'migrations/20261128050000_clean_skus/migration.sql'),
  'utf8',
)

let database: SeededDatabase
beforeAll(async () => {
  database = await seededDatabase(12)
})
afterAll(() => database.drop())

const setSku = (id: number, sku: string) => database.db.product.update({ where: { id }, data: { sku } })
const skuOf = async (id: number) => (await database.db.product.findUniqueOrThrow({ where: { id } })).sku

describe('the database', () => {
  test.each([
    'AB-1 ',
    ' AB-1',
    'AB-1\u00a0',
    'AB-1\u200b',
    '\ufeffAB-1',
    'AB-1\u3000',
    'AB-1\n',
    '\u2060AB-1',
    '',
    ' ',
    '\u200b',
  ])('refuses the SKU %j', async (sku) => {
    const before = await skuOf(1)
    await expect(setSku(1, sku)).rejects.toThrow('products_sku_clean')
    expect(await skuOf(1)).toBe(before)
  })

  test.each(['AB-1', 'ab-1', 'AB 1', 'AB\u200b1', '=1', '\u{1f600}'])('takes the SKU %j', async (sku) => {
    await setSku(1, sku)
    expect(await skuOf(1)).toBe(sku)
  })

  test('cuts exactly the characters that every reader of SKUs refuses', async () => {
    const rows = await database.db.$queryRaw<{ point: number }[]>`
      SELECT point FROM generate_series(1, 1114111) point WHERE point NOT BETWEEN 55296 AND 57343 AND sku_without_edges('A' || chr(point)) = 'A'`
    const read: number[] = []
    for (let point = 1; point <= 0x10ffff; point += 1) {
      if ((point < 0xd800 || point > 0xdfff) && !readSku(`A${String.fromCodePoint(point)}`).ok) read.push(point)
    }
    expect(rows.map(({ point }) => point)).toEqual(read)
    expect(read.length).toBeGreaterThan(4_000)
  }, 60_000)
})

test('the migration mends SKUs that are there, and none becomes one by which another product may be meant', async () => {
  await database.db.$executeRaw`ALTER TABLE products DROP CONSTRAINT products_sku_clean`
  const dirty: [number, string][] = [
    [1, 'AB-344'],
    [2, 'AB-344 '],
    [3, ' LAMP-1\u00a0'],
    [4, 'TWIN '],
    [5, 'TWIN\u200b'],
    [6, ' '],
    [7, 'X'],
    [8, 'X-9'],
    [9, 'X\u2003'],
  ]
  for (const [id, sku] of dirty) await setSku(id, sku)
  const versions = async () =>
    (await database.db.product.findMany({ orderBy: { id: 'asc' } })).map(({ version }) => Number(version))
  const before = await versions()
  await database.db.$transaction(
    MIGRATION.split(/^(?=DO \$\$)/m).map((statement) => database.db.$executeRawUnsafe(statement)),
  )
  const products = await database.db.product.findMany({ where: { id: { lte: 9 } }, orderBy: { id: 'asc' } })
  expect(products.map(({ sku }) => sku)).toEqual([
    'AB-344',
    'AB-344-2',
    'LAMP-1',
    'TWIN-4',
    'TWIN-5',
    'SKU-6',
    'X',
    'X-9',
    'X-9-9',
  ])
  const mended = new Set([2, 3, 4, 5, 6, 9])
  expect(await versions()).toEqual(before.map((version, i) => version + (mended.has(i + 1) ? 1 : 0)))
  await expect(setSku(1, 'AB-344 ')).rejects.toThrow('products_sku_clean')
})
