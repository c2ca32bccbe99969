import { afterAll, beforeAll, expect, test } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { db } from '#lib/platform/db.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import { bulkEditRows } from './bulk/bulkEdits.ts'
import { previewCsv } from './bulk/csv/csvImport.ts'
import { exportPrices } from './bulk/csv/csvExport.ts'
import { selection } from './bulk/contract.ts'
import { approveBulkEdit } from './bulk/preview/approveBulkEdit.ts'
import { createBulkEdit, type DraftInput } from './bulk/preview/previewBulkEdit.ts'
import { BulkEditRefusedError } from './bulk/errors.ts'
import { changePrices } from './changePrices.ts'
import { setCosts } from './costs.ts'
import { PriceChangeRefusedError } from './errors.ts'
import { priceStores, type PriceStores } from './testing/priceStores.ts'
import { person } from './testing/principals.ts'

const [viewer, editor] = [person('viewer'), person('editor')]

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(40)
  await db().price.updateMany({ data: { compareAtMinor: null } })
  await db().price.updateMany({ where: { productId: { lte: 13 } }, data: { amountMinor: 10_80, compareAtMinor: null } })
})
afterAll(async () => {
  await bulkQueue().close()
  await stores.close()
})

const priceOf = async (productId: number) => (await db().price.findUniqueOrThrow({ where: { productId } })).amountMinor
const costOf = async (productId: number) => (await db().price.findUniqueOrThrow({ where: { productId } })).costMinor
const preview = (added: number[], rules: DraftInput['rules'], cells?: DraftInput['cells']) =>
  createBulkEdit(editor, { selection: { matching: false, added }, rules, cells, reason: 'A test' }, 'editor')
const percent = (text: string) => ({ kind: 'percent', percent: text, of: 'price' }) as const

test('sets costs of products without a version, a history row or an outbox row', async () => {
  const before = await stores.written()
  const versions = async () =>
    (await db().price.findMany({ orderBy: { productId: 'asc' } })).map(({ version }) => version)
  const was = await versions()
  expect(
    await setCosts(editor, [
      { productId: 2, costCents: 500 },
      { productId: 1, costCents: 400 },
    ]),
  ).toEqual({ changed: 2, conflicts: [] })
  expect(await setCosts(editor, [{ productId: 1, costCents: 400 }])).toEqual({ changed: 0, conflicts: [] })
  expect(await setCosts(editor, [{ productId: 2, costCents: null }])).toEqual({ changed: 1, conflicts: [] })
  expect([await costOf(1), await costOf(2)]).toEqual([400, null])
  const after = await stores.written()
  expect([after.changes, after.outbox]).toEqual([before.changes, before.outbox])
  expect(await versions()).toEqual(was)
})

test('refuses costs of products that there are not or that are listed twice, naming each, and sets none', async () => {
  const wrong = setCosts(editor, [
    { productId: 3, costCents: 1 },
    { productId: 9_999, costCents: 1 },
  ])
  await expect(wrong).rejects.toMatchObject({ issues: [{ field: 'costs[1].productId', productId: 9_999 }] })
  await expect(
    setCosts(editor, [
      { productId: 3, costCents: 1 },
      { productId: 3, costCents: 2 },
    ]),
  ).rejects.toThrow(PriceChangeRefusedError)
  await expect(setCosts(editor, [{ productId: 3, costCents: 0 }])).rejects.toThrow(PriceChangeRefusedError)
  await expect(setCosts(viewer, [{ productId: 3, costCents: 1 }])).rejects.toThrow(MissingPermissionError)
  expect(await costOf(3)).toBeNull()
})

test('reads costs from a file, writes them into one, and a file of costs alone previews nothing', async () => {
  const [one, two] = await db().product.findMany({ where: { id: { in: [4, 5] } }, orderBy: { id: 'asc' } })
  const file = (text: string) =>
    (async function* () {
      yield new TextEncoder().encode(text)
    })()
  const read = await previewCsv(editor, file(`sku,cost\n${one?.sku},6.40\n${two?.sku},free\n`), 'Costs of May')
  expect(read).toMatchObject({ edit: null, costs: 1, errorCount: 1, errors: [{ line: 3, column: 'cost' }] })
  expect([await costOf(4), await costOf(5)]).toEqual([640, null])
  let text = ''
  for await (const part of exportPrices(editor, selection.parse({ skus: [one?.sku, two?.sku] })))
    text += new TextDecoder().decode(part)
  expect(text.split(/\r?\n/).map((line) => line.split(',').at(-2))).toEqual(['cost', '6.40', '', undefined])
  await previewCsv(editor, file(`sku,cost\n${one?.sku},none\n`), 'Costs of May')
  expect(await costOf(4)).toBeNull()
})

test('an old export sets no cost back that was changed since, and names the row; a cost that is there already is no conflict', async () => {
  const skus = (await db().product.findMany({ where: { id: { in: [34, 35] } }, orderBy: { id: 'asc' } })).map(
    ({ sku }) => sku,
  )
  const exported = async () => {
    let text = ''
    for await (const part of exportPrices(editor, selection.parse({ skus }))) text += new TextDecoder().decode(part)
    return text
  }
  const load = (text: string) =>
    previewCsv(
      editor,
      (async function* () {
        yield new TextEncoder().encode(text)
      })(),
      'An old export',
    )
  const set = (productId: number, costCents: number) => setCosts(editor, [{ productId, costCents }])
  await set(34, 5_00)
  await set(35, 5_00)
  const old = await exported()
  await set(34, 7_00)
  expect(await load(old)).toMatchObject({ errors: [{ line: 2, column: 'cost_version' }], errorCount: 1 })
  expect([await costOf(34), await costOf(35)]).toEqual([7_00, 5_00])
  await set(34, 5_00)
  expect(await load(old)).toMatchObject({ errorCount: 0 })
  expect(await setCosts(editor, [{ productId: 34, costCents: 9_00, expectedVersion: 1 }])).toEqual({
    changed: 0,
    conflicts: [34],
  })
  const version = Number((await db().price.findUniqueOrThrow({ where: { productId: 34 } })).costVersion)
  await db().$executeRaw`UPDATE prices SET cost_version = 1 WHERE product_id = 34`
  expect(await setCosts(editor, [{ productId: 34, costCents: 9_00, expectedVersion: version }])).toMatchObject({
    changed: 1,
  })
})

test('prices by the cost, keeps a margin, and leaves products without a known cost as they are', async () => {
  await setCosts(editor, [
    { productId: 6, costCents: 7_00 },
    { productId: 7, costCents: 9_01 },
  ])
  const rows = async (rules: DraftInput['rules']) => {
    const edit = await preview([6, 7, 8], rules)
    const { rows: all } = await bulkEditRows(editor, edit.id, { offset: 0, limit: 9 })
    return all.map(({ productId, newAmountCents, state, costCents }) => [productId, newAmountCents, state, costCents])
  }
  expect(await rows({ amount: { kind: 'cost-plus', percent: '40' } })).toEqual([
    [6, 9_80, 'pending', 700],
    [7, 12_61, 'pending', 901],
    [8, 10_80, 'skipped', null],
  ])
  expect(await rows({ amount: percent('-30'), minMarginPercent: '20' })).toEqual([
    [6, 8_75, 'pending', 700],
    [7, 11_27, 'pending', 901],
    [8, 10_80, 'skipped', null],
  ])
})

test('warns of a rise under a rule that lowers, of sales, of the lowest of 30 days and of the cost; a share asks', async () => {
  await db().price.update({ where: { productId: 11 }, data: { amountMinor: 50 } })
  await db().price.update({ where: { productId: 12 }, data: { compareAtMinor: 15_00 } })
  await setCosts(editor, [{ productId: 13, costCents: 20_00 }])
  const others = Array.from({ length: 20 }, (_, i) => 14 + i)
  const warnings = async (id: string, warning: 'rise' | 'on-sale' | 'below-lowest' | 'below-cost') =>
    (await bulkEditRows(editor, id, { offset: 0, limit: 50, warning })).rows.map(({ productId }) => productId)

  const slip = await preview([11, 12, 13], { amount: percent('-1'), rounding: { to: '.99', mode: 'half-even' } })
  expect(await warnings(slip.id, 'rise')).toEqual([11, 12, 13])
  expect(await warnings(slip.id, 'on-sale')).toEqual([12])
  expect(await warnings(slip.id, 'below-cost')).toEqual([13])
  expect(slip.summary?.doubts).toEqual([
    { doubt: 'rise', rows: 3 },
    { doubt: 'on-sale', rows: 1 },
    { doubt: 'below-cost', rows: 1 },
  ])

  const lower = await preview(others, { amount: percent('-10') })
  expect(lower.summary?.doubts).toEqual([{ doubt: 'below-lowest', rows: 20 }])
  expect(lower.summary?.confirmations.map(({ phrase }) => phrase)).toEqual([
    'set 20 prices below the lowest of 30 days',
  ])
  await expect(approveBulkEdit(editor, lower.id, { confirmations: [] })).rejects.toBeInstanceOf(BulkEditRefusedError)
  // An editor confirms it: it is no limit of a role.
  const confirmations = ['set 20 prices below the lowest of 30 days']
  expect((await approveBulkEdit(editor, lower.id, { confirmations })).edit).toMatchObject({ state: 'applied' })

  const typed = await preview([33], { amount: percent('-1') }, [
    { productId: 33, amountCents: (await priceOf(33)) + 1 },
  ])
  expect(typed.summary?.doubts).toEqual([])
  const few = await preview([...others, 13], { amount: percent('1') })
  expect(few.summary).toMatchObject({ doubts: [{ doubt: 'below-cost', rows: 1 }], confirmations: [] })
})

test('a single price below cost is saved, and the answer says so', async () => {
  await setCosts(editor, [{ productId: 35, costCents: (await priceOf(35)) - 10 }])
  const lower = async (minor: number) => {
    const changes = [{ productId: 35, amountMinor: (await priceOf(35)) - minor }]
    return (await changePrices(editor, { changes, reason: 'A test', source: 'editor' })).results[0]
  }
  expect(await lower(10)).not.toHaveProperty('message')
  expect(await lower(1)).toMatchObject({
    status: 'changed',
    message: expect.stringMatching(/below cost.*costs the shop €/),
  })
})
