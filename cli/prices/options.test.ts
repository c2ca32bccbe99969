import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { draft } from '#lib/pricing/bulk/contract.ts'
import { accessOf } from './access.ts'
import { draftOf, selectionOf } from './draft.ts'
import { UsageError } from './errors.ts'
import { HELP } from './help.ts'
import { OPTION_NAMES, readOptions, rowsToShow } from './options.ts'

const words = (line: string) => line.split(' ').filter((word) => word !== '')
const draftFrom = (line: string) => draftOf(readOptions(words(line)).options)

test('the example of the issue is a tenth off laptops, ending in .99, tried only', async () => {
  const { options, command } = readOptions(words('--category laptops --percent -10 --round 0.99 --dry-run'))
  expect(command).toBe('edit')
  expect(options['dry-run']).toBe(true)
  expect(await draftOf(options)).toEqual({
    selection: { categories: ['laptops'], matching: true, added: [], removed: [] },
    rules: { amount: { kind: 'percent', percent: '-10', of: 'price' }, rounding: { to: '.99', mode: 'half-even' } },
    reason: 'Dry run',
  })
})

const RULES: [string, unknown][] = [
  ['--set 12,90', { amount: { kind: 'set', cents: 1290 } }],
  ['--add -2.00', { amount: { kind: 'add', cents: -200 } }],
  ['--add 2', { amount: { kind: 'add', cents: 200 } }],
  ['--percent +12.5% --of compare-at', { amount: { kind: 'percent', percent: '12.5', of: 'compare-at' } }],
  ['--percent=-.5', null],
  ['--round 0.05 --rounding up', { rounding: { to: '0.05', mode: 'up' } }],
  [
    '--percent -20 --start-sale --floor 5 --ceiling 900.00',
    {
      amount: { kind: 'percent', percent: '-20', of: 'price' },
      compareAt: { kind: 'old-price' },
      floorCents: 500,
      ceilingCents: 90_000,
    },
  ],
  ['--end-sale', { amount: { kind: 'restore' }, compareAt: { kind: 'clear' } }],
  ['--compare-at none', { compareAt: { kind: 'clear' } }],
  ['--compare-at 99.00', { compareAt: { kind: 'set', cents: 9900 } }],
]

test.each(RULES)('%s is read as the rules say, and the shop would take it', async (line, rules) => {
  const read = draftFrom(`--all --reason x ${line}`)
  if (rules === null) {
    await expect(read).rejects.toThrow('--percent')
    return
  }
  expect(await read).toMatchObject({ rules })
  expect(draft.safeParse(await read).error).toBeUndefined()
})

test('every filter arrives in the selection, and the shop would take it', async () => {
  const line =
    '--text lamp --category a --category b,c --brand Acme --min-price 5 --max-price 50.00 --active --not-on-sale ' +
    '--changed-after 2026-11-01T00:00:00Z --changed-before 2026-11-02T00:00:00+01:00 --sku A-1,A-2 --sku A-3 --include 7 --exclude 8,9'
  const selection = await selectionOf(readOptions(words(line)).options)
  expect(selection).toEqual({
    text: 'lamp',
    categories: ['a', 'b', 'c'],
    brands: ['Acme'],
    minCents: 500,
    maxCents: 5000,
    status: 'active',
    onSale: false,
    changedAfter: '2026-11-01T00:00:00Z',
    changedBefore: '2026-11-02T00:00:00+01:00',
    skus: ['A-1', 'A-2', 'A-3'],
    matching: true,
    added: [7],
    removed: [8, 9],
  })
  expect(draft.shape.selection.safeParse(selection).error).toBeUndefined()
  expect(await selectionOf(readOptions(['--include', '7']).options)).toEqual({
    matching: false,
    added: [7],
    removed: [],
  })
})

test('SKUs are read from a file, however they are set apart', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'skus-'))
  const file = path.join(folder, 'skus.txt')
  await writeFile(file, 'A-1\r\nA-2;A-3\tA-4\n\n')
  expect(await selectionOf(readOptions(['--skus-from', file]).options)).toMatchObject({
    skus: ['A-1', 'A-2', 'A-3', 'A-4'],
  })
  await writeFile(file, 'A-1\nA-2 \n')
  await expect(selectionOf(readOptions(['--skus-from', file]).options)).rejects.toThrow(
    '"A-2 " ends with a blank, and no SKU does. Write A-2 if that is meant.',
  )
  await rm(folder, { recursive: true })
})

const REFUSED: [string, RegExp][] = [
  ['--percent -10 --reason x', /Which products/],
  ['--all --reason x', /What should happen/],
  ['--all --set 5', /--reason/],
  ['--all --set 1,299 --reason x', /two ways/],
  ['--all --set 0 --reason x', /above zero/],
  ['--all --percent ten --reason x', /--percent/],
  ['--all --percent 5 --round .49 --reason x', /--round/],
  ['--all --rounding up --reason x --set 5', /--rounding needs --round/],
  ['--all --set 5 --of price --reason x', /--of needs --percent/],
  ['--exclude 5 --set 5 --reason x', /Which products/],
  ['--include five --set 5 --reason x', /--include/],
  ['--skus-from /nowhere/skus.txt --set 5 --reason x', /skus\.txt cannot be read/],
]

test.each(REFUSED)('%s is not understood, and says what is wrong', async (line, message) => {
  const read = draftFrom(line)
  await expect(read).rejects.toThrow(message)
  await expect(read).rejects.toBeInstanceOf(UsageError)
})

test.each([
  ['--sett 5', '--sett'],
  ['laptops', 'laptops'],
  ['--set 5 --percent 5', '--set and --percent'],
  ['--start-sale --end-sale', '--start-sale and --end-sale'],
  ['--undo a --retry b', 'two commands'],
  ['--undo a --category laptops', '--category does not go with --undo'],
  ['--export f --percent 5', '--percent does not go with --export'],
  ['--dry-run --yes', '--dry-run and --yes'],
  ['--all --set 5 --numbers comma', '--numbers goes with --csv'],
  ['--undo a --ignore b', '--ignore does not go with --undo'],
  ['--csv f --dry-run', '--dry-run does not go with --csv'],
  ['--all --set 5 --until 2026-11-27T09:00', '--until needs --at'],
])('%s is refused by name', (line, message) => {
  expect(() => readOptions(words(line))).toThrow(message)
})

test('the help names every option', () => {
  const { options } = readOptions(['--help'])
  expect(options.help).toBe(true)
  expect(OPTION_NAMES.filter((name) => !HELP.includes(`--${name}`))).toEqual([])
  expect(rowsToShow(options)).toBe(20)
  expect(() => rowsToShow({ rows: '5000' })).toThrow('--rows')
})

test('the address and the token are those of the shell or of .env; without a token it says how to make one, and never shows another secret', () => {
  const environment = { PORT: '4000', EVERGREEN_TOKEN: 'evg_x', ADMIN_PASSWORD: 'hidden' }
  expect(accessOf(undefined, environment)).toEqual({ url: 'http://localhost:4000', token: 'evg_x' })
  expect(accessOf('https://shop.example/', environment).url).toBe('https://shop.example')
  expect(accessOf(undefined, { ...environment, EVERGREEN_URL: 'https://other.example' }).url).toBe(
    'https://other.example',
  )
  expect(() => accessOf('shop', environment)).toThrow('not the address of a shop')
  const missing = () => accessOf(undefined, { PORT: '4000', ADMIN_PASSWORD: 'hidden' }, true)
  expect(missing).toThrow('http://localhost:4000/admin/tokens')
  expect(missing).not.toThrow('hidden')
})
