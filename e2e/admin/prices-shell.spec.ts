import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { amountToInput } from '#lib/money/money.ts'
import { createToken, everything, type Token } from '../support/api.ts'
import { environment } from '../support/environment.ts'
import { expect, test } from '../support/test.ts'

/** Products that no other file of tests takes. */
const FIRST = 95
const LONGEST_RUN_MS = 60_000

let editor: Token
test.beforeAll(async ({ playwright, baseURL }) => {
  const context = await playwright.request.newContext({ baseURL })
  editor = await createToken(context, 'editor')
  await context.dispose()
})

interface Run {
  readonly code: number
  readonly out: string
  readonly err: string
}

// The runner asks for colours and a pipeline for none: Node would warn of that on the output that is compared.
const { FORCE_COLOR: _force, NO_COLOR: _no, ...inherited } = process.env

/** The real script as a process of its own, without a terminal. */
async function prices(args: readonly string[], token = editor.token): Promise<Run> {
  const child = spawn(process.execPath, ['cli/prices.ts', ...args], {
    env: { ...inherited, EVERGREEN_URL: environment.BASE_URL, EVERGREEN_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_RUN_MS,
  })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: child.exitCode ?? -1, out, err }
}

const id = (out: string) => /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/.exec(out)?.[0] ?? ''

test('shows what a tenth off laptops would be, and stores nothing', async ({ database }) => {
  const before = await everything(database)
  const { code, out, err } = await prices(['--category', 'laptops', '--percent', '-10', '--round', '0.99', '--dry-run'])
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/€[\d,]+\.\d\d +€[\d,]+\.99 +-\d+\.\d %/)
  expect(out).toMatch(/\d+ prices would change/)
  expect(out).toContain('A dry run: nothing was stored.')
  expect(await everything(database)).toEqual(before)
})

test('without --yes and without a person nothing is approved; then it is, is undone, and conflicts end with 3', async ({
  database,
}) => {
  const product = await database.plainProduct(FIRST)
  const select = ['--sku', product.sku, '--add', '1.00', '--reason', 'From the shell']
  const waiting = await prices(select)
  expect(waiting.code).toBe(1)
  expect(waiting.out).toContain('Not approved, no price changed.')
  expect(await database.price(product.productId)).toMatchObject({ version: product.version })

  const approved = await prices(['--approve', id(waiting.out), '--yes'])
  expect([approved.code, approved.err]).toEqual([0, ''])
  expect(approved.out).toContain('Live: every read from now on shows the new prices.')
  expect(await database.price(product.productId)).toMatchObject({
    amountCents: product.amountCents + 100,
    version: product.version + 1,
  })
  const [status, watched, late] = await Promise.all([
    prices(['--status', id(waiting.out)]),
    prices(['--watch', id(waiting.out), '--json']),
    prices(select),
  ])
  expect(status.out).toContain('1 applied')
  expect(watched.out).toContain('"state":"applied"')

  await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [product.productId])
  const conflict = await prices(['--approve', id(late.out), '--yes'])
  expect([conflict.code, conflict.out]).toEqual([3, expect.stringContaining(`--retry ${id(late.out)}`)])
  expect((await prices(['--retry', id(late.out), '--yes'])).code).toBe(0)
  expect(await database.price(product.productId)).toMatchObject({ amountCents: product.amountCents + 201 })
})

test('reads a written and changed file back, and undoes it', async ({ database }) => {
  const product = await database.plainProduct(FIRST + 1)
  const file = test.info().outputPath('prices.csv')
  expect(await prices(['--sku', product.sku, '--export', file])).toEqual({ code: 0, out: '', err: '' })
  const written = await readFile(file, 'utf8')
  await writeFile(
    file,
    written.replace(`,${amountToInput(product.amountCents)},`, `,${amountToInput(product.amountCents + 100)},`),
  )
  const read = await prices(['--csv', file, '--reason', 'A file', '--yes', '--json'])
  expect([read.code, read.err]).toEqual([0, ''])
  const edit = z
    .object({ id: z.string(), source: z.literal('csv'), state: z.literal('applied') })
    .parse(JSON.parse(read.out))
  expect(await database.price(product.productId)).toMatchObject({ amountCents: product.amountCents + 100 })
  expect((await prices(['--undo', edit.id, '--yes'])).code).toBe(0)
  expect(await database.price(product.productId)).toMatchObject({ amountCents: product.amountCents })
})

test('names the options that answer what a file leaves open, and writes its rejected rows to a file', async ({
  database,
}) => {
  const { sku } = await database.plainProduct(FIRST + 1)
  const [file, rejected] = [test.info().outputPath('liste.csv'), test.info().outputPath('rejected.csv')]
  await writeFile(
    file,
    `sku;name;price;special price\r\n${sku};Stuhl;1.201,90;\r\nno-such;Lampe;12,00;11,00\r\n${sku};Bank;zwölf;\r\n`,
  )
  const args = ['--csv', file, '--reason', 'A list']
  const open = await prices(args)
  expect([open.code, open.err]).toEqual([1, expect.stringContaining('questions are open')])
  expect(open.out).toContain('--numbers comma (suggested)  A comma before the decimals: 1.201,90 is €1,201.90')
  expect(open.out).toContain("--column 'sale_price=special price' (suggested)")
  expect(open.out).toContain("--ignore 'special price'")
  const taken = await prices([...args, '--numbers', 'comma', '--ignore', 'special price', '--rejected', rejected])
  expect(taken.out).toContain('Columns that are left out: name, special price.')
  expect(taken.out).toContain(
    'line 3 (no-such): There is no product with this SKU. Write it as the catalog has it, or leave the row out.',
  )
  expect(taken.out).toContain(`line 4 (${sku}), price: "zwölf" is not an amount.`)
  expect(taken.out).toContain('€1,201.90')
  const text = await readFile(rejected, 'utf8')
  expect(text).toContain('no-such;Lampe;12,00;11,00;3;There is no product')
  expect(text).toContain(`${sku};Bank;zwölf;;4;"price: ""zwölf"" is not an amount.`)
})

test('shows a file of stocks, sets it with --yes, and takes its corrected rows', async ({ database }) => {
  const { sku, productId } = await database.plainProduct(FIRST + 1)
  const { sku: twice } = await database.plainProduct(FIRST + 2)
  const quantity = () => database.sql('SELECT quantity FROM stock WHERE product_id = $1', [productId])
  const [file, rejected] = [test.info().outputPath('stock.csv'), test.info().outputPath('rejected.csv')]
  await writeFile(file, `Artikelnummer;Bestand\r\n${sku};twelve\r\n${twice};1\r\n${twice};2\r\n`)
  const args = ['--reason', 'A count', '--column', 'sku=Artikelnummer', '--column', 'stock=Bestand']
  const left = await prices(['--stock', file, ...args, '--rejected', rejected])
  expect([left.code, left.err]).toEqual([0, ''])
  expect(left.out).toContain('"twelve" is not a whole number')
  expect(left.out).toContain(`line 3 (${twice}): Line 4 says something else about this SKU. Neither is taken`)
  await writeFile(rejected, (await readFile(rejected, 'utf8')).replace('twelve', '4321'))
  const shown = await prices(['--stock', rejected, ...args])
  expect([shown.code, shown.out]).toEqual([1, expect.stringContaining('1 stock would change.')])
  expect(await quantity()).not.toEqual([{ quantity: 4_321 }])
  const set = await prices(['--stock', rejected, ...args, '--yes'])
  expect([set.code, set.err, set.out]).toEqual([0, '', expect.stringContaining('1 stock set. Live')])
  expect(await quantity()).toEqual([{ quantity: 4_321 }])
  expect(await prices(['--stock', file, '--reason', 'x', '--numbers', 'comma'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('--numbers does not go with --stock.'),
  })
})

test('makes and cancels a schedule', async ({ database }) => {
  const product = await database.plainProduct(FIRST + 2)
  const made = await prices([
    '--sku',
    product.sku,
    '--percent',
    '-5',
    '--reason',
    'Later',
    '--yes',
    '--at',
    '2099-05-01T09:00',
    '--zone',
    'Europe/Berlin',
  ])
  expect([made.code, made.err]).toEqual([0, ''])
  expect(made.out).toContain('2099-05-01T09:00:00+02:00')
  const schedule = id(/Schedule .*/.exec(made.out)?.[0] ?? '')
  expect((await prices(['--schedules'])).out).toContain(schedule)
  expect((await prices(['--cancel-schedule', schedule])).out).toContain('cancelled')
  expect(await database.price(product.productId)).toMatchObject({ version: product.version })
})

test('needs --confirm beyond the limits, also with --yes', async ({ playwright, baseURL, database }) => {
  const context = await playwright.request.newContext({ baseURL })
  const admin = await createToken(context, 'admin')
  await context.dispose()
  const { sku, productId, amountCents } = await database.plainProduct(FIRST + 4)
  const slip = ['--sku', sku, '--set', '0.01', '--reason', 'A slip', '--yes']
  const before = await database.written(productId)
  expect(await prices(slip)).toMatchObject({ code: 1, err: expect.stringContaining('beyond the limits of your role') })
  expect(await prices(slip, admin.token)).toMatchObject({
    code: 1,
    err: expect.stringContaining('Type "change 1 price by more than 50 percent" to confirm.'),
  })
  expect(await prices([...slip, '--at', '2099-05-01T09:00', '--zone', 'Europe/Berlin'], admin.token)).toMatchObject({
    code: 1,
    err: expect.stringContaining('to confirm.'),
  })
  expect(await database.written(productId)).toEqual(before)

  const meant = await prices(
    [...slip, '--confirm', 'change 1 price by more than 50 percent', '--confirm', 'set 1 price below the floor'],
    admin.token,
  )
  expect([meant.code, meant.err]).toEqual([0, ''])
  expect(await database.price(productId)).toMatchObject({ amountCents: 1 })
  await database.sql('UPDATE prices SET amount_cents = $2 WHERE product_id = $1', [productId, amountCents])
})

test('says in one line why it refuses and what helps, and changes nothing', async ({ database }) => {
  const { sku } = await database.plainProduct(FIRST + 3)
  const large = await prices(['--sku', sku, '--percent', '-60', '--reason', 'Too much'])
  expect(large.out).toContain('Must be confirmed: change 1 price by more than 30 percent')
  const before = await everything(database)
  expect(
    await Promise.all([
      prices(['--approve', id(large.out), '--yes']),
      prices(['--sku', 'no-such-sku', '--set', '5', '--dry-run']),
      prices(['--list'], 'evg_wrong'),
      prices(['--list', '--url', 'http://127.0.0.1:1']),
      prices(['--all', '--export', '/nowhere/prices.csv']),
      prices(['--sett', '5']),
      prices(['--sku', `${sku} `, '--set', '5', '--dry-run']),
      prices(['--help']),
    ]),
  ).toMatchObject([
    { code: 1, err: expect.stringContaining('beyond the limits of your role') },
    { code: 1, out: 'No product has this SKU: no-such-sku\n\n', err: 'No product is selected.\n' },
    { code: 1, err: expect.stringContaining('/admin/tokens') },
    { code: 1, err: expect.stringContaining('does not answer') },
    { code: 1, err: expect.stringContaining('/nowhere/prices.csv is not written') },
    { code: 2, err: expect.stringContaining('--help') },
    { code: 2, err: expect.stringContaining(`Write ${sku} if that is meant.`) },
    { code: 0, out: expect.stringContaining('--category laptops') },
  ])
  expect(await everything(database)).toEqual(before)
})
