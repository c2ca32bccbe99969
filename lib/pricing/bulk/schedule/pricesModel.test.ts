/** Sales, edits, files and undo in any order, by the functions that the back office and the API call, against a model. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { livePrices } from '#lib/catalog/prices/livePrices.ts'
import { db } from '#lib/platform/db.ts'
import { changeMeant } from '../../testing/changeMeant.ts'
import { arriving, understood } from '../../testing/csvFiles.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { type Edit, Model, type Sale, same } from '../../testing/priceModel.ts'
import { PRODUCTS, step, type Step } from '../../testing/priceSteps.ts'
import { person } from '../../testing/principals.ts'
import { endSale, inMinutes, phrases, planSale, startSale } from '../../testing/sales.ts'
import { changeStatus } from '../../changeStatus.ts'
import { priceHistory } from '../../history.ts'
import { undoBulkEdit } from '../apply/followUps.ts'
import { bulkEditRows } from '../bulkEdits.ts'
import { type BulkEditView, selection as selectionSchema } from '../contract.ts'
import { exportPrices } from '../csv/csvExport.ts'
import { previewCsv } from '../csv/csvImport.ts'
import { approveBulkEdit } from '../preview/approveBulkEdit.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'
import { previewSchedule, replaceScheduledEdit } from './newPreview.ts'
import { cancelSchedule, schedule, scheduleBulkEdit, updateSchedule } from './schedules.ts'

const admin = person('admin')

let stores: PriceStores
let ids: number[] = []
let skus = new Map<number, string>()
beforeAll(async () => {
  stores = await priceStores(PRODUCTS)
  const products = await db().product.findMany({ orderBy: { id: 'asc' } })
  ids = products.map(({ id }) => id)
  skus = new Map(products.map(({ id, sku }) => [id, sku]))
})
afterAll(() => stores.close())

async function approved(edit: BulkEditView): Promise<boolean> {
  if ((edit.summary?.changed ?? 0) === 0) return false
  await approveBulkEdit(admin, edit.id, { confirmations: phrases(edit) })
  return true
}

/** The prices as a file, now. */
const exported = () => Array.fromAsync(exportPrices(admin, everything)).then((parts) => Buffer.concat(parts).toString())
const everything = selectionSchema.parse({})
/** Of some step before. */
let file = ''

const pick = <T>(list: readonly T[], nth: number): T | undefined => list[nth % Math.max(1, list.length)]
const chosen = (products: readonly number[]) => products.map((place) => ids[place] ?? 0)
const picked = (products: readonly number[]) => ({ matching: false, added: [...products] })
const money = (minor: number) => (minor / 100).toFixed(2)

async function end(model: Model, sale: Sale): Promise<void> {
  await endSale(sale.id)
  model.sales.splice(model.sales.indexOf(sale), 1)
}

async function undo(model: Model, edit: Edit): Promise<void> {
  const view = await undoBulkEdit(admin, edit.id)
  await approved(view)
  edit.undone = true
  const back = new Map(
    [...edit.rows].flatMap(([product, { from, stamp }]) =>
      model.baseOf(product).stamp === stamp ? [[product, from] as const] : [],
    ),
  )
  const conflicts = edit.rows.size - back.size
  model.setAll(view.id, back)
  const { rows } = await bulkEditRows(admin, view.id, { state: 'conflict', offset: 0, limit: 10 })
  expect(rows, 'what was edited since is a conflict').toHaveLength(conflicts)
}

async function take(model: Model, step: Step): Promise<void> {
  const products = 'products' in step ? chosen(step.products) : []
  const pending = model.sales.filter(({ started }) => started === undefined)
  const running = model.sales.filter(({ started }) => started !== undefined)
  switch (step.kind) {
    case 'plan': {
      const { percent, priority } = step
      const id = await planSale({ percent: `-${percent}`, products, priority })
      const sale: Sale = { id, priority, prices: model.reduced(products, percent) }
      model.sales.push(sale)
      if (!step.starts) return
      await startSale(id)
      model.begin(sale)
      return
    }
    case 'start': {
      const sale = pick(pending, step.nth)
      if (!sale) return
      await startSale(sale.id)
      model.begin(sale)
      return
    }
    case 'end': {
      const sale = pick(running, step.nth)
      if (sale) await end(model, sale)
      return
    }
    case 'cancel': {
      const sale = pick(model.sales, step.nth)
      if (!sale) return
      await cancelSchedule(admin, sale.id)
      if (sale.started === undefined) model.sales.splice(model.sales.indexOf(sale), 1)
      else await end(model, sale)
      return
    }
    case 'change': {
      const sale = pick(model.sales, step.nth)
      if (!sale) return
      const times = { startsAt: inMinutes(30), endsAt: inMinutes(50), timeZone: 'Europe/Berlin' }
      await updateSchedule(admin, sale.id, { ...times, priority: step.priority })
      sale.priority = step.priority
      return
    }
    case 'preview': {
      const sale = pick(pending, step.nth)
      if (!sale) return
      const preview = await previewSchedule(admin, sale.id)
      await replaceScheduledEdit(admin, sale.id, { bulkEditId: preview.id, confirmations: phrases(preview) })
      const percent = Number(/\d+/.exec(preview.reason)?.[0])
      sale.prices = model.reduced([...sale.prices.keys()], percent)
      return
    }
    case 'edit': {
      const changes = products.map((productId) => ({
        productId,
        amountMinor: step.asked.amount,
        compareAtMinor: step.asked.compareAt,
      }))
      await changeMeant({ changes, reason: 'By hand', source: 'editor' }, admin)
      for (const product of products) model.set(product, step.asked)
      return
    }
    case 'bulk': {
      const cents = step.units * 100
      const rules = { amount: { kind: 'add' as const, cents } }
      const edit = await createBulkEdit(admin, { selection: picked(products), rules, reason: 'Up or down' }, 'editor')
      if (!(await approved(edit))) return
      const wishes = products.flatMap((product) => {
        const { amount, compareAt } = model.baseOf(product)
        const to = { amount: amount + cents, compareAt }
        return to.amount > 0 && (compareAt === null || compareAt > to.amount) ? [[product, to] as const] : []
      })
      model.setAll(edit.id, new Map(wishes))
      return
    }
    case 'file': {
      const { amount, compareAt } = step.asked
      const said = compareAt === null ? 'none' : money(compareAt)
      const lines = products.map((product) => `${skus.get(product)},${money(amount)},${said}`)
      const file = arriving(`sku,price,compare_at\n${lines.join('\n')}\n`, 1_000)
      const { edit } = understood(await previewCsv(admin, file, 'A price list'))
      if (!edit || !(await approved(edit))) return
      model.setAll(edit.id, new Map(products.map((product) => [product, step.asked])))
      return
    }
    case 'undo': {
      const edit = pick(
        model.edits.filter(({ rows, undone }) => rows.size > 0 && !undone),
        step.nth,
      )
      if (edit) await undo(model, edit)
      return
    }
    case 'planEdit': {
      const cells = products.map((productId) => ({
        productId,
        amountCents: step.asked.amount,
        compareAtCents: step.asked.compareAt,
      }))
      const edit = await createBulkEdit(admin, { selection: picked([]), cells, reason: 'From then on' }, 'editor')
      if ((edit.summary?.changed ?? 0) === 0) return
      const times = { startsAt: inMinutes(10), timeZone: 'Europe/Berlin' }
      const { id } = await scheduleBulkEdit(admin, edit.id, { ...times, confirmations: phrases(edit) })
      const rows = products.flatMap((product) => {
        const from = model.baseOf(product)
        return same(from, step.asked) ? [] : [[product, { from, to: step.asked, stamp: from.stamp }] as const]
      })
      model.plans.push({ id, rows: new Map(rows), undone: false })
      return
    }
    case 'startEdit': {
      const plan = pick(model.plans, step.nth)
      if (!plan) return
      await startSale(plan.id)
      model.plans.splice(model.plans.indexOf(plan), 1)
      const unmoved = [...plan.rows].filter(([product, { stamp }]) => model.baseOf(product).stamp === stamp)
      const { bulkEditId } = await schedule(admin, plan.id)
      model.setAll(bulkEditId, new Map(unmoved.map(([product, { to }]) => [product, to])))
      return
    }
    case 'status': {
      const status = step.active ? ('active' as const) : ('discontinued' as const)
      for (const productId of products) await changeStatus({ productId, status, reason: 'A season' }, admin)
      return
    }
    case 'export': {
      file = await exported()
      return
    }
    case 'import': {
      // Its versions keep it from bringing old prices back, also while a sale runs or has ended since.
      const { edit } = understood(await previewCsv(admin, arriving(file, 1_000), 'The same again'))
      expect(edit?.summary?.changed ?? 0).toBe(0)
    }
  }
}

const pricesNow = async () =>
  (await db().price.findMany({ orderBy: { productId: 'asc' } })).map((row) => ({
    version: Number(row.version),
    price: {
      product: row.productId,
      amount: row.amountMinor,
      compareAt: row.compareAtMinor,
      base: row.baseAmountMinor,
      baseCompareAt: row.baseCompareAtMinor,
      sale: row.saleId,
    },
  }))

/** The price that the shop shows, and its entry in the history, in the version that the row has. */
async function expectAsInModel(model: Model): Promise<void> {
  const rows = await pricesNow()
  const expected = ids.map((product) => model.price(product))
  expect(rows.map(({ price }) => price)).toEqual(expected)
  const live = await livePrices(ids)
  const newest = await Promise.all(ids.map((product) => priceHistory(product, { limit: 1 })))
  expect(
    newest.map(({ entries: [entry] }, i) => ({
      product: entry?.productId,
      amount: entry?.newAmountMinor,
      compareAt: entry?.newCompareAtMinor,
      base: entry?.newBaseAmountMinor ?? entry?.newAmountMinor,
      baseCompareAt: entry?.newBaseAmountMinor === null ? entry.newCompareAtMinor : entry?.newBaseCompareAtMinor,
      sale: entry?.saleId,
      version: entry?.version,
      live: live[i]?.version,
      liveAmount: live[i]?.amountMinor,
    })),
  ).toEqual(
    expected.map((price, i) => ({
      ...price,
      version: rows[i]?.version,
      live: rows[i]?.version,
      liveAmount: price.amount,
    })),
  )
}

/** Another priority for a sale that runs. */
const OTHER_RANK: Step[] = [
  { kind: 'plan', products: [0], percent: 10, priority: 1, starts: true },
  { kind: 'plan', products: [0], percent: 20, priority: 0, starts: true },
  { kind: 'change', nth: 0, priority: 0 },
]

/** A file that is older than a reduction which its price would reach. */
const OLD_FILE: Step[] = [
  { kind: 'edit', products: [0], asked: { amount: 20_00, compareAt: 30_00 } },
  { kind: 'import' },
  { kind: 'plan', products: [0, 1], percent: 20, priority: 0, starts: true },
  { kind: 'status', products: [0], active: false },
  { kind: 'export' },
  { kind: 'end', nth: 0 },
  { kind: 'import' },
]

test(
  'a price, its history and what is live agree with base price and active sales after any step, and all is base price after the last sale',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 20 }), async (steps) => {
        const model = new Model()
        for (const { price } of await pricesNow())
          model.base.set(price.product, { amount: price.base, compareAt: price.baseCompareAt, stamp: 0 })
        await take(model, { kind: 'edit', products: [0, 1], asked: { amount: 50_00, compareAt: null } })
        await take(model, { kind: 'export' })
        try {
          for (const one of steps) {
            await take(model, one)
            await expectAsInModel(model)
          }
        } finally {
          for (const { id } of model.plans) await cancelSchedule(admin, id)
          for (const sale of model.sales.slice())
            if (sale.started === undefined) await cancelSchedule(admin, sale.id)
            else await end(model, sale)
        }
        await expectAsInModel(model)
        expect((await pricesNow()).every(({ price }) => price.amount === price.base && price.sale === null)).toBe(true)
      }),
      { numRuns: 15, examples: [[OTHER_RANK], [OLD_FILE]] },
    )
  },
)
