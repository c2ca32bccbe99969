import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { toWire } from '#lib/money/wire.ts'
import { db } from '#lib/platform/db.ts'
import { type SeededDatabase, seededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { arriving, understood } from '../../testing/csvFiles.ts'
import { CsvRefusedError } from './errors.ts'
import { MAX_LISTED_ERRORS, readPrices } from './readPrices.ts'
import { type PriceLine, writePrices } from './writePrices.ts'

let database: SeededDatabase
let skus: string[]
beforeAll(async () => {
  database = await seededDatabase(20)
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
  skus = (await db().product.findMany({ orderBy: { id: 'asc' } })).map(({ sku }) => sku)
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
  await database.drop()
})

const file = arriving
const read = async (...of: Parameters<typeof readPrices>) => understood(await readPrices(...of))

const sku = (i: number) => skus[i] ?? ''

describe('a SKU that is nearly that of another product', () => {
  beforeAll(async () => {
    await db().product.update({ where: { id: 12 }, data: { sku: 'AB-344' } })
  })

  test.each([
    ['a blank behind it', 'AB-344 '],
    ['a blank before it', ' AB-344'],
    ['a tab', 'AB-344\t'],
    ['a no-break space', 'AB-344\u00a0'],
    ['a narrow no-break space', 'AB-344\u202f'],
    ['an ideographic space', '\u3000AB-344'],
    ['a zero-width space', 'AB-344\u200b'],
    ['a zero-width space inside', 'AB-\u200b344'],
    ['a word joiner', '\u2060AB-344'],
    ['a soft hyphen', 'AB\u00ad-344'],
    ['a byte order mark', '\ufeffAB-344'],
    ['small letters', 'ab-344'],
    ['full-width letters', 'ＡＢ-344'],
    ['a line break', '"AB-344\n"'],
  ])('(%s) is refused by its line, and the message says what to write', async (_name, text) => {
    const { cells, errors } = await read(file(`name;sku;price\nx;${text};259.00\n`))
    expect(cells).toEqual([])
    expect(errors).toMatchObject([
      { line: 2, column: 'sku', message: expect.stringContaining('Write AB-344 if that is meant.') },
    ])
  })

  test('that a spreadsheet has made a number or a date of is refused, and the message says what to do', async () => {
    const { errors } = await read(file('sku,price\n1E+05,1.00\nMar-05,1.00\n05.03.2026,1.00\nNO-SUCH,1.00\n'))
    const said = errors.map(({ message }) => message.includes('format its column as text'))
    expect(said).toEqual([true, true, true, false])
  })

  test('that a spreadsheet has made a number of is suggested as it was, where no digit is lost', async () => {
    await db().product.update({ where: { id: 14 }, data: { sku: '1E5' } })
    await db().product.update({ where: { id: 15 }, data: { sku: '9E12' } })
    const { errors } = await read(file('sku,price\n1E+05,1.00\n9E+12,1.00\n'))
    expect(errors.map(({ suggestion }) => suggestion)).toEqual(['1E5', null])
  })

  test('is its own where a product has it exactly', async () => {
    await db().product.update({ where: { id: 13 }, data: { sku: 'ab-344' } })
    expect((await read(file('sku,price\nab-344,1.00\nAB-344,2.00\n'))).cells).toEqual([
      { productId: 13, amountCents: 100 },
      { productId: 12, amountCents: 200 },
    ])
  })

  test('with a NUL in it is refused by its line', async () => {
    expect((await read(file('sku,price\nAB\u0000344,1.00\n'))).errors).toMatchObject([
      { line: 2, message: expect.stringContaining('NUL') },
    ])
  })
})

describe('a file', () => {
  test('is matched by SKU in any order; columns of other names are left alone and named', async () => {
    const text = `Name,SKU,Price,Compare-At\r\n"Müller, ""Sessel""",${sku(2)},12.90,20\r\n\r\nx,${sku(0)},5,\r\ny,${sku(1)},,none\r\nz,${sku(3)},,\r\n`
    expect(await readPrices(file(text))).toEqual({
      rows: 4,
      costs: [],
      sales: [],
      cells: [
        { productId: 3, amountCents: 1290, compareAtCents: 2000 },
        { productId: 1, amountCents: 500 },
        { productId: 2, compareAtCents: null },
      ],
      errors: [],
      errorCount: 0,
      columns: [
        { field: 'sku', name: 'SKU' },
        { field: 'price', name: 'Price' },
        { field: 'compare_at', name: 'Compare-At' },
      ],
      ignoredColumns: ['Name'],
      notes: [],
    })
  })

  test.each([
    ['semicolons', ';', '\n', ''],
    ['tabs', '\t', '\r\n', ''],
    ['old line ends', ',', '\r', ''],
    ['a byte order mark', ',', '\n', '\uFEFF'],
  ])('with %s is read', async (_name, delimiter, end, mark) => {
    const text = `${mark}${[
      ['sku', 'price'],
      [sku(0), '1.50'],
      [sku(1), '2.50'],
    ]
      .map((row) => row.join(delimiter))
      .join(end)}`
    expect(await readPrices(file(text))).toMatchObject({
      rows: 2,
      cells: [
        { productId: 1, amountCents: 150 },
        { productId: 2, amountCents: 250 },
      ],
      errors: [],
    })
  })

  test('names line, SKU and column of each row that is wrong, and takes the others', async () => {
    const rows = [
      `${sku(0)},"12,90",`,
      `${sku(1)},0,`,
      'NO-SUCH,1.00,',
      ',1.00,',
      `${sku(2)},12,90,`,
      `"a\nb",1.00,`,
      `${sku(3)},1.00,nine`,
      `${sku(4)},7.00,`,
    ]
    const { cells, errors } = await read(file(`sku,price,compare_at\n${rows.join('\n')}\n`), {
      answers: { numbers: 'point' },
    })
    expect(cells).toEqual([{ productId: 5, amountCents: 700 }])
    expect(errors.map(({ line, sku, column }) => [line, sku, column])).toEqual(
      [
        [2, sku(0), 'price'],
        [3, sku(1), 'price'],
        [5, null, 'sku'],
        [6, sku(2), null],
        [9, sku(3), 'compare_at'],
        [4, 'NO-SUCH', 'sku'],
        [7, 'a\nb', 'sku'],
      ].toSorted(([a], [b]) => Number(a) - Number(b)),
    )
  })

  test('that says two things about one SKU changes it to neither; the same twice is no error', async () => {
    const text = `sku,price\n${sku(0)},1.00\n${sku(1)},2.00\n${sku(0)},1.00\n${sku(1)},3.00\n`
    const { cells, errors } = await read(file(text))
    expect(cells).toEqual([{ productId: 1, amountCents: 100 }])
    expect(errors).toMatchObject([
      { line: 3, sku: sku(1), message: expect.stringContaining('Line 5') },
      { line: 5, sku: sku(1), message: expect.stringContaining('Line 3') },
    ])
  })

  test.each([
    [100, '2 of 3 prices are about 100 times what they are now. Are they in cents, or for many pieces?'],
    [0.001, '2 of 3 prices are about 1/1,000 of what they are now. Are they in another unit?'],
    [3, undefined],
  ])('whose prices are %d times those of the catalog says so', async (factor, note) => {
    const prices = await db().price.findMany({ where: { productId: { in: [1, 2, 3] } }, orderBy: { productId: 'asc' } })
    const rows = prices.map(({ baseAmountMinor }, i) => {
      const amount = i === 0 ? baseAmountMinor : Math.max(1, Math.round(baseAmountMinor * factor))
      return `${sku(i)},${(amount / 100).toFixed(2)}\n`
    })
    const { notes, cells } = await read(file(`sku,price\n${rows.join('')}`))
    expect(cells).toHaveLength(3)
    expect(notes).toEqual(note === undefined ? [] : [note])
  })

  test.each(['All prices net,\nsku,price\nA,1.00\n', 'sku,price\nA,1.00\nPreise zzgl. MwSt.,\n'])(
    'that says beside its rows that its prices are without tax: it is said again (%j)',
    async (text) => {
      const { notes } = await read(file(text))
      expect(notes).toContainEqual(expect.stringMatching(/^The file says ".*". A price here has the tax in it/))
    },
  )

  test('with another currency is not converted', async () => {
    const { cells, errors } = await read(file(`sku,price,currency\n${sku(0)},1.00,USD\n${sku(1)},1.00,EUR\n`))
    expect(cells).toHaveLength(1)
    expect(errors).toMatchObject([{ line: 2, column: 'currency' }])
  })

  test.each<[string, string | Uint8Array, number | undefined]>([
    ['that is empty', '', undefined],
    ['without a column of amounts', 'sku,name\na,b\n', 1],
    ['with a NUL in a header', 'sku,pri\0ce\na,1\n', 1],
    ['without a header', 'A-1,12.00\nA-2,13.00\n', 1],
    ['of a spreadsheet itself', new Uint8Array([0x50, 0x4b, 0x03, 0x04, 0xff, 0xfe, 0x00]), undefined],
  ])('%s is refused as a whole, with the line', async (_name, text, line) => {
    const error: unknown = await read(file(text)).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(CsvRefusedError)
    if (line !== undefined) expect(error).toMatchObject({ line })
  })

  test('that is too large is not read to its end', async () => {
    let sent = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode('sku,price\n')
      for (;;) {
        sent += 1
        yield new TextEncoder().encode('NO-SUCH,1.00\n'.repeat(1_000))
      }
    }
    await expect(readPrices(endless(), { maxBytes: 100_000 })).rejects.toMatchObject({ code: 'csv_too_large' })
    expect(sent).toBeLessThan(60)
  })

  test('of many rows reports its progress, also behind a row that cannot be read', async () => {
    const reports: string[] = []
    await read(file(`sku,price\nX,24" wide\n${`${sku(0)},1.00\n`.repeat(12_000)}`, 4_000), {
      onProgress: ({ stage, rows, of }) => reports.push(`${stage} ${rows} ${of}`),
    })
    expect(reports).toEqual([
      'surveying 5000 null',
      'surveying 10000 null',
      'reading 5000 12001',
      'reading 10000 12001',
      'previewing 12001 12001',
    ])
  })

  test('of more rows than fit is refused', async () => {
    await expect(read(file('sku,price\nA,1\nB,2\nC,3\n'), { maxRows: 2 })).rejects.toMatchObject({
      code: 'csv_too_large',
    })
  })

  test('of 100,000 rows is read in bounded memory: neither rows nor errors are piled up', async () => {
    async function* large(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode('sku,price\n')
      for (let i = 0; i < 100; i += 1) yield new TextEncoder().encode(`UNKNOWN-${i},1.00\n`.repeat(1_000))
    }
    const { rows, errors, errorCount } = await read(large())
    expect([rows, errorCount, errors.length]).toEqual([100_000, 100_000, MAX_LISTED_ERRORS])
  })
})

test('an export is read back as what it was, also when a name or a SKU begins like a formula', async () => {
  await db().product.update({ where: { id: 1 }, data: { sku: '=EG(1)', name: '@cmd|" /C calc"!A0, "x"\n-1' } })
  await db().product.update({ where: { id: 2 }, data: { sku: "'-7" } })
  const products = await db().product.findMany({ include: { price: true }, orderBy: { id: 'asc' } })
  const lines = products.flatMap(({ sku, name, brand, status, price }): PriceLine[] =>
    price
      ? [
          {
            sku,
            name,
            brand,
            status,
            ...toWire(price),
            version: Number(price.version),
            changedAt: price.versionUpdatedAt,
            stock: 12,
            stockVersion: 1n,
          },
        ]
      : [],
  )
  async function* each(): AsyncGenerator<PriceLine> {
    yield* lines
  }
  const bytes = Buffer.concat(await Array.fromAsync(writePrices(each(), { bom: true })))
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
  expect(bytes.toString()).toContain(`'=EG(1)`)
  const { cells, errors } = await read(file(bytes, 1_000))
  expect(errors).toEqual([])
  expect(cells).toEqual(
    lines.map(({ amountCents, compareAtCents }, i) => ({
      productId: products[i]?.id,
      amountCents,
      ...(compareAtCents !== null && { compareAtCents }),
      expectedVersion: lines[i]?.version,
    })),
  )
})
