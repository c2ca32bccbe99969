import { z } from 'zod'
import { amountToInput } from '#lib/money/money.ts'
import { ADMIN_API, Api, createToken, everything } from '../support/api.ts'
import { expect, test } from '../support/test.ts'

/** Products that no other file of tests takes. */
const FIRST = 85

let api: Api
test.beforeAll(async ({ playwright, baseURL }) => {
  const context = await playwright.request.newContext({ baseURL })
  api = new Api(context, (await createToken(context, 'editor')).token)
})
test.afterAll(() => api.request.dispose())

const imported = z.object({
  edit: z.object({
    id: z.string(),
    source: z.string(),
    summary: z.object({ changed: z.number(), unchanged: z.number() }),
  }),
  errorCount: z.number(),
  errors: z.array(z.unknown()),
})

function send(file: string | Buffer, type = 'text/csv', reason = 'A price list') {
  return api.request.post(`${ADMIN_API}/prices/import?${new URLSearchParams({ reason })}`, {
    data: file,
    headers: { ...api.headers, 'content-type': type },
  })
}

async function exported(skus: readonly string[]): Promise<string> {
  const response = await api.send('POST', '/prices/export', { selection: { skus } })
  expect(response.headers()['content-disposition']).toBe('attachment; filename="prices.csv"')
  return response.text()
}

test('imports its own export without a difference, and previews, approves and exports one changed amount', async ({
  database,
}) => {
  const [one, two] = [await database.plainProduct(FIRST), await database.plainProduct(FIRST + 1)]
  const file = await exported([one.sku, two.sku])
  const same = imported.parse(await (await send(file)).json())
  expect(same).toMatchObject({ errorCount: 0, edit: { source: 'csv', summary: { changed: 0, unchanged: 2 } } })

  const cents = one.amountCents + 123
  const changed = file.replace(amountToInput(one.amountCents), amountToInput(cents))
  expect(changed).not.toBe(file)
  const response = await send(changed)
  expect(response.status()).toBe(201)
  const { edit } = imported.parse(await response.json())
  expect(response.headers()['location']).toBe(`${ADMIN_API}/bulk-edits/${edit.id}`)
  expect(edit.summary).toEqual(expect.objectContaining({ changed: 1, unchanged: 1 }))
  expect(await database.price(one.productId)).toMatchObject({ amountCents: one.amountCents })
  await api.approve(edit.id)
  expect(await database.price(one.productId)).toMatchObject({ amountCents: cents, version: one.version + 1 })
  expect(await exported([one.sku])).toContain(amountToInput(cents))

  const rows = await (await api.send('GET', `/bulk-edits/${edit.id}/rows.csv`)).text()
  expect(rows.split(/\r?\n/)[0]).toBe(
    'sku,name,price,compare_at,currency,old_price,old_compare_at,state,version,warnings,message',
  )
  expect(rows).toContain(`${amountToInput(one.amountCents)},`)
  const link = await api.send('GET', `/prices/export?text=${one.sku}&byteOrderMark=true`)
  expect((await link.body()).subarray(0, 3)).toEqual(Buffer.from('\uFEFF'))
})

test('names a wrong row by its line, and previews the others', async ({ database }) => {
  const { sku, amountCents } = await database.plainProduct(FIRST + 2)
  const response = await send(
    `sku,price\nno-such-sku,5.00\n${sku},${amountToInput(amountCents + 100)}\n${sku}x,0\n${sku} ,5.00\n${sku.toLowerCase()},5.00\n`,
  )
  expect(imported.parse(await response.json())).toMatchObject({
    errorCount: 4,
    errors: expect.arrayContaining([
      expect.objectContaining({ line: 2, sku: 'no-such-sku', column: 'sku' }),
      expect.objectContaining({ line: 4, column: 'price' }),
      expect.objectContaining({
        line: 5,
        sku: `${sku} `,
        message: `"${sku} " ends with a blank, and no SKU does. Write ${sku} if that is meant.`,
      }),
      expect.objectContaining({
        line: 6,
        message: `There is no product with this SKU. Write ${sku} if that is meant.`,
      }),
    ]),
    edit: { summary: { changed: 1 } },
  })
})

const REFUSED: [string, string | Buffer, number, Record<string, unknown>][] = [
  ['no column of amounts', 'a,b\nc,d\n', 400, { error: { code: 'invalid_csv', line: 1 } }],
  [
    'columns of unknown names',
    'a,b\nc,2.00\n',
    409,
    {
      error: {
        code: 'import_questions',
        questions: [
          { id: 'column:sku', answers: expect.arrayContaining([expect.objectContaining({ value: 'sku=a' })]) },
          { id: 'column:price', suggested: 0, answers: [{ parameter: 'column', value: 'price=b' }] },
        ],
      },
    },
  ],
  [
    'a quote that is never closed',
    'sku,price\n"A,5.00\n',
    422,
    { edit: null, errors: [{ line: 2, message: expect.stringContaining('never closed') }] },
  ],
  [
    'another encoding',
    Buffer.from([...Buffer.from('sku,price\nA'), 0xfc, 0x0a]),
    409,
    { error: { questions: [{ id: 'encoding', suggested: 0, samples: [{ line: 2, text: 'A\u00fc' }] }] } },
  ],
  ['a workbook', Buffer.from('PK\u0003\u0004'), 400, { error: { message: expect.stringContaining('Excel workbook') } }],
  ['a header alone', 'sku,price\n', 400, { error: { code: 'invalid_csv', line: 1 } }],
  ['a single column', 'sku\nA\nB\n', 400, { error: { message: expect.stringContaining('a single column') } }],
  ['nothing', '', 400, { error: { message: expect.stringMatching(/\w/) } }],
  ['no row that could be taken', 'sku,price\nno-such-sku,5.00\n', 422, { edit: null, errorCount: 1 }],
  [
    'more than 100,000 rows',
    `sku,price\n${'no-such-sku,5.00\n'.repeat(100_001)}`,
    413,
    { error: { code: 'csv_too_large' } },
  ],
]

test('asks what a file leaves open, takes it with the answers, and returns its rejected rows', async ({ database }) => {
  const { sku } = await database.plainProduct(FIRST + 3)
  const file = Buffer.from(`artikel;name;vk\r\n${sku};Stühle;1.201,90 €\r\nno-such;x;12,00 €\r\n`, 'latin1')
  const bytes = Buffer.from(file.map((byte) => (byte === 0xac ? 0x80 : byte)))
  const found = await send(bytes)
  expect(found.status()).toBe(409)
  const { error } = z
    .object({ error: z.object({ questions: z.array(z.object({ id: z.string() })) }) })
    .parse(await found.json())
  expect(error.questions.map(({ id }) => id)).toEqual(['encoding', 'column:sku', 'column:price', 'numbers'])
  const answers = new URLSearchParams([
    ['encoding', 'windows-1252'],
    ['column', 'sku=artikel'],
    ['column', 'price=vk'],
    ['numbers', 'comma'],
  ])
  const post = (path: string) =>
    api.request.post(`${ADMIN_API}/prices/${path}&${answers}`, {
      data: bytes,
      headers: { ...api.headers, 'content-type': 'text/csv' },
    })
  const taken = await post('import?reason=Liste')
  expect(taken.status()).toBe(201)
  expect(await taken.json()).toMatchObject({
    rows: 2,
    errorCount: 1,
    errors: [{ line: 3, sku: 'no-such', suggestion: null }],
    columns: [
      { field: 'sku', name: 'artikel' },
      { field: 'price', name: 'vk' },
    ],
    ignoredColumns: ['name'],
    notes: ['Read as Windows-1252, Western Europe.', 'Amounts are read with a decimal comma.'],
  })
  const rejected = await post('import/rejected?')
  expect(rejected.headers()['content-disposition']).toBe('attachment; filename="rejected.csv"')
  expect((await rejected.text()).split('\r\n')[1]).toBe(
    'no-such;x;12,00 €;3;There is no product with this SKU. Write it as the catalog has it, or leave the row out.;',
  )
})

test('reports the progress of a large file line by line, and its status last', async () => {
  const response = await api.request.post(`${ADMIN_API}/prices/import?reason=Large`, {
    data: `sku,price\n${'no-such-sku,5.00\n,,\n'.repeat(12_000)}`,
    headers: { ...api.headers, 'content-type': 'text/csv', accept: 'application/x-ndjson' },
  })
  expect(response.status()).toBe(200)
  const lines = (await response.text()).trimEnd().split('\n')
  const reports = ['surveying', 'reading'].flatMap((stage) =>
    [5_000, 10_000].map((rows) => ({ progress: { stage, rows, of: stage === 'reading' ? 12_000 : null } })),
  )
  expect(lines.slice(0, 4).map((line) => z.unknown().parse(JSON.parse(line)))).toEqual(reports)
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ status: 422, body: { edit: null, errorCount: 12_000 } })
})

test('says why a file cannot be read, and stores nothing', async ({ database }) => {
  const before = await everything(database)
  for (const [name, file, status, body] of REFUSED) {
    const response = await send(file)
    expect(response.status(), name).toBe(status)
    expect(await response.json(), name).toMatchObject(body)
  }
  expect((await send('sku,price\nA,1.00\n', 'application/json')).status()).toBe(415)
  const untold = await send('sku,price\nA,1.00\n', 'text/csv', ' ')
  expect([untold.status(), await untold.json()]).toEqual([400, { error: expect.objectContaining({ field: 'reason' }) }])
  expect(await everything(database)).toEqual(before)
})
