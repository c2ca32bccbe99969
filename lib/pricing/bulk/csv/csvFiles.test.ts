import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { db } from '#lib/platform/db.ts'
import { type SeededDatabase, seededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { arriving, understood } from '../../testing/csvFiles.ts'
import { CsvRefusedError } from './errors.ts'
import { person } from '../../testing/principals.ts'
import { bulkEditRows } from '../bulkEdits.ts'
import { selection as selectionSchema } from '../contract.ts'
import { exportEditRows, exportPrices } from './csvExport.ts'
import { previewCsv } from './csvImport.ts'
import { csvRows } from './records.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'

let database: SeededDatabase
beforeAll(async () => {
  database = await seededDatabase(60)
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
  await database.drop()
})

const editor = person('editor')
const everything = selectionSchema.parse({})

const file = (text: string) => arriving(text, 4_000)

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

async function* once(text: string): AsyncGenerator<string> {
  yield text
}

describe('a file of prices', () => {
  test('that was exported and is imported unchanged changes nothing', async () => {
    await database.db.product.update({ where: { id: 5 }, data: { name: '=HYPERLINK("http://evil","Müller")' } })
    const text = await textOf(exportPrices(editor, everything, { bom: true }))
    expect(text).toContain(`"'=HYPERLINK(""http://evil"",""Müller"")"`)
    const { edit, rows, errorCount } = understood(await previewCsv(editor, file(text), 'Back again'))
    expect({ rows, errorCount }).toEqual({ rows: 60, errorCount: 0 })
    expect(edit).toMatchObject({ source: 'csv', summary: { rows: 60, changed: 0, unchanged: 60, refused: 0 } })
  })

  test('refuses the number of a date far above the price, and takes it with its decimals', async () => {
    const products = await database.db.product.findMany({ orderBy: { id: 'desc' }, take: 3 })
    const [one, two, three] = products.map(({ sku }) => sku)
    for (const { id } of products)
      await database.db.price.update({ where: { productId: id }, data: { amountMinor: 1250, compareAtMinor: null } })
    const rows = `${one},45992,\n${two},12.00,45992\n${three},45992.00,\n`
    const { errors } = understood(await previewCsv(editor, file(`sku,price,compare_at\n${rows}`), 'List of May'))
    expect(errors.map(({ line, column, message }) => [line, column, message.slice(0, 76)])).toEqual([
      [2, 'price', '"45992" is also the number that spreadsheets have for the date 2025-12-01, a'],
      [3, 'compare_at', '"45992" is also the number that spreadsheets have for the date 2025-12-01, a'],
    ])
  })

  test('is previewed row by row: what is wrong is named with its line, the rest goes on', async () => {
    const products = await database.db.product.findMany({ orderBy: { id: 'asc' }, take: 3, include: { price: true } })
    const [one, two, three] = products.map(({ sku, price }) => ({ sku, cents: price?.amountMinor ?? 0 }))
    const { edit, errors } = understood(
      await previewCsv(
        editor,
        file(`sku,price\n${one?.sku},1.05\n${two?.sku},"1,05"\nNONE,3.00\n${three?.sku},2.10\n`),
        'List of May',
        { answers: { numbers: 'point' } },
      ),
    )
    expect(errors.map(({ line, column }) => [line, column])).toEqual([
      [3, 'price'],
      [4, 'sku'],
    ])
    const { rows } = await bulkEditRows(editor, edit?.id ?? '', { offset: 0, limit: 10 })
    expect(
      rows.map(({ productId, oldAmountCents, newAmountCents }) => [productId, oldAmountCents, newAmountCents]),
    ).toEqual([
      [1, one?.cents, 105],
      [3, three?.cents, 210],
    ])
  })

  test('of which nothing can be taken makes no edit', async () => {
    const before = await db().bulkEdit.count()
    expect(await previewCsv(editor, file('sku,price\nNONE,1.00\n'), 'Wrong shop')).toMatchObject({
      edit: null,
      errorCount: 1,
    })
    await expect(previewCsv(editor, file('sku,name\nx,y\n'), 'Wrong file')).rejects.toBeInstanceOf(CsvRefusedError)
    await expect(previewCsv(editor, file('sku,price\n'), ' ')).rejects.toMatchObject({ issues: [{ field: 'reason' }] })
    expect(await db().bulkEdit.count()).toBe(before)
  })

  test('is not read for a viewer', async () => {
    const before = await db().bulkEdit.count()
    let read = 0
    async function* watched(): AsyncGenerator<Uint8Array> {
      read += 1
      yield* file('sku,price\n')
    }
    await expect(previewCsv(person('viewer'), watched(), 'No')).rejects.toBeInstanceOf(MissingPermissionError)
    expect(read).toBe(0)
    expect(await db().bulkEdit.count()).toBe(before)
  })
})

test('the rows of an edit, exported and imported, make the same edit again', async () => {
  const made = await createBulkEdit(
    editor,
    {
      selection: {},
      rules: { amount: { kind: 'percent', percent: '-7.5', of: 'price' }, compareAt: { kind: 'clear' } },
      reason: 'No more sales',
    },
    'editor',
  )
  const text = await textOf(await exportEditRows(editor, made.id))
  const [header = [], ...rows] = await Array.fromAsync(csvRows(once(text), ','), ({ cells }) => cells)
  const records = rows.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i]])))
  expect(records).toHaveLength(60)
  expect(
    records.every(
      (record) => /^\d+\.\d\d$/.test(record['price'] ?? '') && /^\d+\.\d\d$/.test(record['old_price'] ?? ''),
    ),
  ).toBe(true)
  const { edit } = understood(await previewCsv(editor, file(text), 'The same again'))
  const rowsOf = async (id: string) => (await bulkEditRows(editor, id, { offset: 0, limit: 100 })).rows
  expect(await rowsOf(edit?.id ?? '')).toEqual(await rowsOf(made.id))
})
