/** Shoppers order while their products are edited: one by one, in bulk, by a sale that begins, and past the application. */
import { expect, test } from '@playwright/test'
import pg from 'pg'
import { z } from 'zod'
import { Api, createToken } from '../support/api.ts'
import { anySize } from '../support/confirmations.ts'
import { environment } from '../support/environment.ts'
import { measured } from '../support/measured.ts'
import { Shopper } from '../support/shopper.ts'
import { commitOf } from './bulkCommits.ts'
import { accept, recordShown } from './buying.ts'
import { Checker } from './checker.ts'
import { startWebInstance, type WebInstance } from './faults/webInstance.ts'
import { describe } from './report.ts'
import { StepBarrier } from './stepBarrier.ts'
import { committedPrices } from './writers.ts'

const SHOPPERS = 6
const ORDERS_EACH = 6
const STOCK = 16
/** Attempts of one cart. Each is refused for an edit that came between; of so many in a row hardly all are. */
const MOST_ATTEMPTS = 60
/** Forms that are sent between two edits. */
const FORMS_AN_EDIT = 2
const FORMS_A_BULK_EDIT = 8
/** Some of them are orders: the sale begins between the first orders and the last. */
const FORMS_BEFORE_THE_SALE = 12

const product = z.object({ id: z.number(), sku: z.string(), version: z.number(), amount: z.number() })
type Product = z.infer<typeof product>
const results = z.object({
  state: z.string(),
  results: z.array(z.object({ productId: z.number(), version: z.number(), status: z.string() })),
})

let second: WebInstance
let pool: pg.Pool
test.beforeAll(async () => {
  second = await startWebInstance()
  pool = new pg.Pool({ connectionString: environment.DATABASE_URL, max: 2 })
})
test.afterAll(() => Promise.all([second.stop(), pool.end()]))

/** Products that no other test takes, so many of each. */
async function products(): Promise<Product[]> {
  const { rows } = await pool.query(`SELECT p.id, p.sku, pr.version::int AS version, pr.amount_cents AS amount
    FROM products p JOIN prices pr ON pr.product_id = p.id WHERE status = 'active' ORDER BY p.id DESC LIMIT 5 OFFSET 120`)
  const found = z.array(product).parse(rows)
  await pool.query('UPDATE stock SET quantity = $2 WHERE product_id = ANY($1)', [found.map(({ id }) => id), STOCK])
  return found
}

/** Whether the shoppers ordered products of a sale before its start, and after it. */
async function ordersAround(editId: string): Promise<unknown> {
  const { rows } = await pool.query(
    `SELECT COALESCE(bool_or(o.placed_at < s.started_at), false) AS before, COALESCE(bool_or(o.placed_at >= s.started_at), false) AS after
     FROM price_schedules s JOIN bulk_edit_rows r USING (bulk_edit_id) JOIN order_lines l ON l.product_id = r.product_id JOIN orders o ON o.id = l.order_id
     WHERE s.bulk_edit_id = $1`,
    [editId],
  )
  return rows[0]
}

const counts = { placed: 0, changed: 0, refused: 0 }

/** Buys until the order is placed, or nothing is left: accepts each time what the page has come to say. */
async function buy(checker: Checker, shopper: Shopper, twice: boolean, forms: StepBarrier): Promise<void> {
  recordShown(checker, shopper, await shopper.get('/en/cart'))
  let page = await shopper.get('/en/checkout')
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const answers = await accept(checker, shopper, page, twice ? 2 : 1)
    if (!answers) return void (counts.refused += 1)
    forms.step()
    const led = answers.filter(({ status }) => status === 303)
    if (led.length > 0) return void (counts.placed += 1)
    counts.changed += 1
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    page = answers[0] ?? page
  }
  throw new Error('the form was never accepted')
}

test('every order has the lines that its shopper accepted, a cart makes one order, and stock and orders add up, while prices change', async ({
  playwright,
  baseURL,
}) => {
  const context = await playwright.request.newContext({ baseURL: baseURL ?? '' })
  const api = new Api(context, (await createToken(context, 'admin')).token)
  const hot = await products()
  const checker = new Checker()
  for (const { id, version } of hot) checker.live({ productId: id, version, at: performance.now() })
  const forms = new StepBarrier()
  let amount = 10_000

  const shop = async (i: number) => {
    const shopper = new Shopper(`shopper ${i}`, [environment.BASE_URL, second.url], i)
    for (let n = 0; n < ORDERS_EACH; n += 1) {
      // Not in the order of the ids: the locks are.
      for (const offset of [i + n, i + n + 2, i + n + 1]) {
        const one = hot[offset % hot.length]
        if (one) expect((await shopper.add(one.id, one.version)).status).toBe(303)
      }
      await buy(checker, shopper, n % 2 === 1, forms)
    }
  }
  const editOne = async () => {
    while (await forms.after(FORMS_AN_EDIT)) {
      const { id } = hot[amount % hot.length] ?? hot[0]!
      const start = performance.now()
      const change = { productId: id, amountCents: (amount += 1) }
      const answer = await api.send('POST', '/prices', {
        changes: [change],
        reason: 'A race',
        confirmations: anySize(),
      })
      const { state, results: rows } = results.parse(await answer.json())
      for (const { productId, version, status } of rows) {
        if (status !== 'changed' || state !== 'live') continue
        const end = performance.now()
        checker.wrote({
          client: 'editor',
          channel: 'api',
          productId,
          version,
          amountCents: change.amountCents,
          start,
          end,
        })
        checker.live({ productId, version, at: end })
      }
    }
  }
  const editAll = async () => {
    const skus = hot.map(({ sku }) => sku)
    for (let round = 0; await forms.after(FORMS_A_BULK_EDIT); round += 1) {
      const { id, summary } = await api.preview(skus, round % 2 === 0 ? '-3' : '3')
      await api.approve(
        id,
        summary.confirmations.map(({ phrase }) => phrase),
      )
      await pool.query('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [hot[0]?.id])
    }
  }
  const sale = await api.preview(
    hot.slice(1, 4).map(({ sku }) => sku),
    '-20',
  )
  const at = (ms: number) => new Date(Date.now() + ms).toISOString().slice(0, 19)
  const begun = checker.together.begin(hot.slice(1, 4).map(({ id }) => id))
  const plan = async () => {
    await forms.after(FORMS_BEFORE_THE_SALE)
    const planned = await api.send('POST', `/bulk-edits/${sale.id}/schedule`, {
      startsAt: at(2_000),
      endsAt: at(60_000),
      timeZone: 'UTC',
      confirmations: sale.summary.confirmations.map(({ phrase }) => phrase),
    })
    expect(planned.status(), await planned.text()).toBe(201)
  }

  const editors = [editOne(), editAll(), plan()]
  await Promise.all(Array.from({ length: SHOPPERS }, (_, i) => shop(i))).finally(() => forms.end())
  await Promise.all(editors)
  const commit = await commitOf(async (text, values) => (await pool.query(text, [...values])).rows, sale.id, 'start')
  expect(commit?.size, 'products whose price the start of the sale changed').toBe(3)
  begun(commit) // no page showed half of it

  const { rows } = await pool.query<{ id: number; quantity: number }>(
    'SELECT product_id AS id, quantity FROM stock WHERE product_id = ANY($1)',
    [hot.map(({ id }) => id)],
  )
  const stocks = rows.map(({ id, quantity }) => ({ productId: id, before: STOCK, after: quantity }))
  const verdict = checker.finish(await committedPrices(pool), stocks)
  measured(
    `${counts.placed} placed, ${counts.changed} asked again, ${counts.refused} sold out, ${verdict.writes} edits`,
  )
  expect(verdict.violations.map(describe)).toEqual([])
  expect(Object.entries(verdict.counts).filter(([, count]) => count > 0)).toEqual([])
  // Nothing is proved by a race that was none.
  expect(verdict.orders).toBe(counts.placed)
  expect(Math.min(counts.placed, counts.changed, counts.refused, verdict.writes)).toBeGreaterThan(0)
  expect(stocks.some(({ after }) => after === 0)).toBe(true)
  expect(await ordersAround(sale.id), 'the sale begins while they order').toEqual({ before: true, after: true })
  await context.dispose()
})
