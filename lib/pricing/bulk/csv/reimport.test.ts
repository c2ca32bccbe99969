import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { db } from '#lib/platform/db.ts'
import { type SeededDatabase, seededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { arriving, understood } from '../../testing/csvFiles.ts'
import { person } from '../../testing/principals.ts'
import { nearSkus } from '../../skus/nearSkus.ts'
import { bulkEditRows } from '../bulkEdits.ts'
import { selection } from '../contract.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'
import { exportPrices } from './csvExport.ts'
import { previewCsv } from './csvImport.ts'
import type { ReadOptions } from './readPrices.ts'
import { rejectedRows } from './rejectedRows.ts'

let database: SeededDatabase
beforeAll(async () => {
  database = await seededDatabase(24)
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
  await database.drop()
})

const editor = person('editor')

async function textOf(parts: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(parts)).toString('utf8')
}

const exported = () => textOf(exportPrices(editor, selection.parse({})))

async function imported(text: string, options?: ReadOptions) {
  return understood(await previewCsv(editor, arriving(text, 4_000), 'A file', options))
}

const rowsOf = async (id: string | undefined) => (await bulkEditRows(editor, id ?? '', { offset: 0, limit: 100 })).rows

describe('an export in several currencies', () => {
  beforeAll(async () => {
    await db().price.update({
      where: { productId: 2 },
      data: { currency: 'JPY', amountMinor: 129_000, compareAtMinor: null },
    })
    await db().price.update({
      where: { productId: 3 },
      data: { currency: 'KWD', amountMinor: 1299, compareAtMinor: 2500 },
    })
    await db().price.update({
      where: { productId: 4 },
      data: { currency: 'USD', amountMinor: 1299, compareAtMinor: null },
    })
  })

  test('has the decimals of each, and changes nothing when it is imported', async () => {
    const text = await exported()
    for (const amounts of [',129000,,JPY,', ',1.299,2.500,KWD,', ',12.99,,USD,']) expect(text).toContain(amounts)
    const { edit, rows, errors } = await imported(text)
    expect(errors).toEqual([])
    expect(rows).toBe(24)
    expect(edit).toMatchObject({ summary: { rows: 24, changed: 0, unchanged: 24, refused: 0 } })
  })

  test('changes what is changed in it, in its own currency', async () => {
    const { edit } = await imported((await exported()).replace(',129000,', ',129500,').replace(',1.299,', ',1.3,'))
    expect((await rowsOf(edit?.id)).filter(({ state }) => state === 'pending')).toMatchObject([
      { productId: 2, newAmountCents: 129_500, currency: 'JPY' },
      { productId: 3, newAmountCents: 1300, newCompareAtCents: 2500, currency: 'KWD' },
    ])
  })

  test('is refused by its line where a row is in another currency than the price, or does not say in which', async () => {
    const [{ sku }, { sku: yen }] = await Promise.all([
      db().product.findUniqueOrThrow({ where: { id: 1 } }),
      db().product.findUniqueOrThrow({ where: { id: 2 } }),
    ])
    const { errors } = await imported(`sku,price,currency\n${sku},12.00,JPY\n${sku},1200,JPY\n${yen},12.00,\n`)
    expect(errors).toMatchObject([
      { line: 2, column: 'currency' },
      { line: 3, column: 'currency' },
      {
        line: 4,
        column: 'currency',
        message: 'This price is in JPY, the row is in EUR, and nothing is converted. Write the amounts in JPY.',
      },
    ])
  })
})

describe('an old export', () => {
  test('is a conflict in each row that was changed since and would change back; the others are taken', async () => {
    const old = await exported()
    const [one, two, three] = await db().price.findMany({
      where: { productId: { in: [6, 7, 9] } },
      orderBy: { productId: 'asc' },
    })
    await db().price.update({ where: { productId: 6 }, data: { amountMinor: { increment: 100 } } })
    // There and back: another version, and the amount that the file has.
    await db().price.update({ where: { productId: 7 }, data: { amountMinor: { increment: 100 } } })
    await db().price.update({ where: { productId: 7 }, data: { amountMinor: { decrement: 100 } } })
    const edited = old.replace(`,${(Number(three?.amountMinor) / 100).toFixed(2)},`, ',77.77,')
    const { edit, errors, errorCount } = await imported(edited)
    expect(errorCount).toBe(1)
    expect(errors).toMatchObject([
      {
        column: 'version',
        message: expect.stringMatching(
          `Conflict: .* version ${Number(one?.version) + 1} now, the file has version ${one?.version}. .*leave the column out`,
        ),
      },
    ])
    const rows = await rowsOf(edit?.id)
    expect(rows.filter(({ state }) => state !== 'skipped')).toMatchObject([{ productId: 9, newAmountCents: 7777 }])
    expect(rows.find(({ productId }) => productId === 7)).toMatchObject({ version: Number(two?.version) + 2 })
    const regardless = await imported(old, { answers: { ignore: ['version'] } })
    expect(regardless).toMatchObject({ errorCount: 0, ignoredColumns: expect.arrayContaining(['version']) })
    expect(regardless.edit).toMatchObject({ summary: { changed: 1 } })
  })

  test('is a conflict too when the price changes between the reading and the preview', async () => {
    const { version } = await db().price.findUniqueOrThrow({ where: { productId: 10 } })
    const cell = { productId: 10, amountCents: 4242, expectedVersion: Number(version) + 1 }
    const edit = await createBulkEdit(editor, { selection: { matching: false }, cells: [cell], reason: 'Late' }, 'csv')
    expect(await rowsOf(edit.id)).toMatchObject([
      { state: 'refused', warnings: ['refused-changed'], message: expect.stringContaining('changed since') },
    ])
  })
})

describe('the rejected rows of a file', () => {
  const rejected = async (text: string, answers: ReadOptions['answers'] = {}) => {
    const rows = await rejectedRows(editor, arriving(text, 50), answers)
    return 'questions' in rows ? rows : textOf(rows)
  }

  test('are a file of its own columns, which is taken once it is corrected', async () => {
    const skus = (await db().product.findMany({ where: { id: { gte: 15 } }, orderBy: { id: 'asc' } })).map(
      ({ sku }) => sku,
    )
    const text = `name;sku;price\n"A ""b"";c";${skus[0]};12,50\n24" x;${skus[1]};13,50\ny;${skus[2]?.toLowerCase()};14,50\n\nz;${skus[3]};zwölf\n`
    const answers = { numbers: 'comma' } as const
    const { errorCount, edit } = await imported(text, { answers })
    expect([errorCount, edit?.summary?.rows]).toEqual([3, 1])
    const file = String(await rejected(text, answers))
    expect(file.split('\r\n')).toEqual([
      '\uFEFFname;sku;price;line;problem;suggested_sku',
      expect.stringMatching(`^"24"" x";${skus[1]};13,50;3;A quote`),
      `y;${skus[2]?.toLowerCase()};14,50;4;There is no product with this SKU. Write ${skus[2]} if that is meant.;${skus[2]}`,
      expect.stringMatching(/^z;.*;zwölf;6;"price: ""zwölf"" is not an amount/),
      '',
    ])
    const corrected = file.replace(String(skus[2]?.toLowerCase()), String(skus[2])).replace('zwölf', '15,50')
    const again = await imported(corrected, { answers })
    expect([again.errorCount, again.edit?.summary?.rows]).toEqual([0, 3])
    expect(again.ignoredColumns).toEqual(['name', 'line', 'problem', 'suggested_sku'])
    const twice = String(await rejected(file, answers))
    expect(twice.split('\r\n')[0]).toBe('\uFEFFname;sku;price;line;problem;suggested_sku')
  })

  test.each(['Price list in US dollars\nsku,name,price\n', 'sku,name,price\n,,USD\n', ',,USD\nsku,name,price\n'])(
    'keep the currency that only stood around them (%j)',
    async (head) => {
      const { sku } = await db().product.findUniqueOrThrow({ where: { id: 19 } })
      const file = String(await rejected(`${head}${sku},x,12.50\n`))
      expect(file).toContain(`${sku},x,12.50 USD,`)
      const again = await imported(file, { answers: { numbers: 'point' } })
      expect(again.errors).toMatchObject([
        { column: 'currency', message: expect.stringContaining('the row is in USD') },
      ])
    },
  )

  test('are not read while the file leaves something open, nor by a person who may only look', async () => {
    expect(await rejected('sku;price\nA;12,50\n')).toMatchObject({ questions: [{ id: 'numbers' }] })
    await expect(rejectedRows(person('viewer'), arriving('sku,price\n'), {})).rejects.toBeInstanceOf(
      MissingPermissionError,
    )
  })
})

test('a SKU that is nearly that of a product is taken only when that was said', async () => {
  const { sku } = await db().product.findUniqueOrThrow({ where: { id: 20 } })
  const text = `sku,price\n${sku.toLowerCase()},14.50\n"${sku} ",14.50\nNO-SUCH,1.00\n`
  expect(await imported(text)).toMatchObject({
    edit: null,
    errorCount: 3,
    errors: [{ suggestion: sku }, { suggestion: sku }, { suggestion: null }],
  })
  const taken = await imported(text, { answers: { nearSkus: 'take' } })
  expect(taken).toMatchObject({ errorCount: 1, notes: ['2 rows were taken under the suggested SKU.'] })
  expect(await rowsOf(taken.edit?.id)).toMatchObject([{ productId: 20, newAmountCents: 1450 }])
})

test('suggests a SKU that lost zeros, has another separator or letters of another alphabet, where it is the only one', async () => {
  const meant = 'CHR-000307'
  await db().product.update({ where: { id: 21 }, data: { sku: meant } })
  await db().product.update({ where: { id: 22 }, data: { sku: 'CHR-10-5' } })
  const near = [
    'CHR-307',
    'chr-00307',
    'CHR000307',
    'CHR_000307',
    'CHR 000307',
    'CHR\u00a0307',
    'CHR\u2013000307',
    '\u0421HR-000307',
    "'CHR-000307'",
    '“CHR-000307”',
    'CHR-000307.',
    'CHR\u2011000307',
    'CHR-000307\ufffd',
    '#CHR-000307',
    'CHR - 000307',
    'ＣＨＲ－０００３０７',
  ]
  const other = ['CHR-3070', 'CHR-30-7', 'CHR-105', 'HR-307', '-', '...']
  expect(await nearSkus([...near, ...other])).toEqual(new Map(near.map((sku) => [sku, meant])))

  await db().product.update({ where: { id: 23 }, data: { sku: 'CHR/307' } })
  expect(await nearSkus(['CHR.307', 'chr-000307'])).toEqual(new Map([['chr-000307', meant]]))
  const [plan] = await db()
    .$transaction([
      db().$executeRaw`SET LOCAL enable_seqscan = off`,
      db().$queryRaw`EXPLAIN (FORMAT JSON) SELECT 1 FROM products WHERE sku_key(sku) = sku_key(${meant})`,
    ])
    .then(([, explained]) => [JSON.stringify(explained)])
  expect(plan).toContain('products_near_sku')
})
