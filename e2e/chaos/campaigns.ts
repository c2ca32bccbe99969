/** Sales that start and end, price lists as CSV files, and shoppers who order, beside readers and editors: each may be refused while stores are away. */
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { type Ask, commitOf } from '../coherence/bulkCommits.ts'
import { accept, recordShown } from '../coherence/buying.ts'
import type { Beside } from '../coherence/run.ts'
import type { Versions } from '../coherence/wholeCommits.ts'
import { signIn } from '../coherence/writers.ts'
import { query } from '../lease/servers/postgresPair.ts'
import { until } from '../lease/servers/until.ts'
import { environment } from '../support/environment.ts'
import { Shopper } from '../support/shopper.ts'
import type { Fleet } from './fleet.ts'
import type { Promised } from './promised.ts'

const TIMEOUT_MS = 30_000
/** Reads from one to the next. */
const READS = { sale: 2_300, csv: 1_700, order: 350 }
/** Milliseconds from its plan. */
const SALE = { startsMs: 2_000, endsMs: 8_000, middleMs: { from: 4_000, to: 6_000 } }
const PRODUCTS_OF_EACH = 8
const MOST_ATTEMPTS = 10
const AGAIN_AFTER_MS = 500
/** Longer than any fault. */
const COMMITTED_WITHIN_MS = 60_000
/** Files in a row whose amounts differ from each other's. */
const DIFFERENT_FILES = 97

export interface CampaignCounts {
  readonly sales: number
  readonly csv: number
  readonly orders: number
  /** Acts of these three that were refused, or had no answer. */
  readonly failed: number
}

interface Product {
  readonly id: number
  readonly sku: string
  readonly amount: number
}

const preview = z.object({
  id: z.string(),
  summary: z.object({ confirmations: z.array(z.object({ phrase: z.string() })) }),
})
const imported = z.object({ edit: preview })

export class Campaigns {
  readonly counts = { sales: 0, csv: 0, orders: 0, failed: 0 }
  /** It may not be lost. */
  readonly promised = {
    orders: [] as Promised['orders'][number][],
    files: [] as Promised['files'][number][],
    sales: [] as Promised['sales'][number][],
  }
  readonly #fleet: Fleet
  readonly #beside: Beside
  #cookie = ''
  #turn = 0
  #files = 0

  constructor(fleet: Fleet, beside: Beside) {
    this.#fleet = fleet
    this.#beside = beside
  }

  /** Ends with the load. To be called while all is well. */
  async run(): Promise<void> {
    const { databaseUrl, web } = this.#fleet
    this.#cookie = await signIn(web[0]?.url ?? '', environment.ADMIN_EMAIL, environment.ADMIN_PASSWORD)
    const hot = this.#beside.products.map(({ id }) => id)
    // Not the products of the editors, whose amounts are each used once.
    const products = await query<Product>(
      databaseUrl,
      `SELECT p.id, p.sku, pr.amount_cents AS amount FROM products p JOIN prices pr ON pr.product_id = p.id
       WHERE p.status = 'active' AND p.id <> ALL($1) ORDER BY p.id LIMIT $2`,
      [hot, 2 * PRODUCTS_OF_EACH],
    )
    const [ofSale, ofFile] = [products.slice(0, PRODUCTS_OF_EACH), products.slice(PRODUCTS_OF_EACH)]
    await Promise.all([
      this.#repeat(READS.sale, 'sales', () => this.#sale(ofSale)),
      this.#repeat(READS.csv, 'csv', () => this.#file(ofFile)),
      this.#repeat(READS.order, 'orders', () => this.#order([...hot, ...products.map(({ id }) => id)])),
    ])
  }

  async #repeat(reads: number, count: 'sales' | 'csv' | 'orders', act: () => Promise<boolean>): Promise<void> {
    while (await this.#beside.load.pace.after(reads)) {
      // A store that is away makes an act fail, or leaves it without an answer.
      const isDone = await act().catch(() => false)
      if (isDone) this.counts[count]++
      else {
        this.counts.failed++
        await wait(AGAIN_AFTER_MS)
      }
    }
  }

  #origin(): string {
    return this.#fleet.web[this.#turn++ % this.#fleet.web.length]?.url ?? ''
  }

  async #post(path: string, body: object | string): Promise<unknown> {
    const origin = this.#origin()
    const isFile = typeof body === 'string'
    const response = await fetch(`${origin}/api/admin${path}`, {
      method: 'POST',
      headers: { 'content-type': isFile ? 'text/csv' : 'application/json', cookie: this.#cookie, origin },
      body: isFile ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`)
    return JSON.parse(text)
  }

  readonly #ask: Ask = (text, values) => query<Record<string, unknown>>(this.#fleet.databaseUrl, text, [...values])

  /** Waits for a commit; from then on readers are held to it. */
  async #committed(editId: string, part: 'file' | 'start' | 'end'): Promise<Versions> {
    const { checker, outage } = this.#beside
    let versions: Versions | undefined
    await until(
      `the ${part} of ${editId} is in Postgres`,
      async () => (versions = await commitOf(this.#ask, editId, part)) !== undefined,
      COMMITTED_WITHIN_MS,
    )
    for (const [productId, version] of versions ?? [])
      outage.liveWithinBounds(performance.now(), (at, place) => checker.live({ productId, version, at, place }))
    return versions ?? new Map()
  }

  async #sale(products: readonly Product[]): Promise<boolean> {
    await until('no sale is under way', async () => {
      const [row] = await query<{ busy: boolean }>(
        this.#fleet.databaseUrl,
        `SELECT EXISTS (SELECT FROM price_schedules WHERE state IN ('pending', 'running')) AS busy`,
      )
      return row?.busy === false
    })
    const { id, summary } = preview.parse(
      await this.#post('/bulk-edits', {
        selection: { skus: products.map(({ sku }) => sku) },
        rules: { amount: { kind: 'percent', percent: '-20', of: 'price' } },
        reason: 'a sale of the chaos run',
      }),
    )
    const at = (ms: number) => new Date(Date.now() + ms).toISOString().slice(0, 19)
    const plannedAt = performance.now()
    const { checker, outage } = this.#beside
    const { together } = checker
    const ids = products.map((product) => product.id)
    const [started, ended] = [together.begin(ids), together.begin(ids)]
    let commits: Versions[] = []
    try {
      await this.#post(`/bulk-edits/${id}/schedule`, {
        startsAt: at(SALE.startsMs),
        endsAt: at(SALE.endsMs),
        timeZone: 'UTC',
        confirmations: summary.confirmations.map(({ phrase }) => phrase),
      })
      const bases = new Map(products.map((product) => [product.id, product.amount]))
      this.promised.sales.push({
        editId: id,
        bases,
        get mayBeMissed() {
          return outage.covers(plannedAt + SALE.middleMs.from, plannedAt + SALE.middleMs.to)
        },
      })
      await this.#committed(id, 'start')
      const end = await this.#committed(id, 'end')
      // Read again: a start of two commits has had both by now.
      commits = [(await commitOf(this.#ask, id, 'start')) ?? new Map(), end]
      return true
    } finally {
      started(commits[0])
      ended(commits[1])
    }
  }

  async #file(products: readonly Product[]): Promise<boolean> {
    const change = 1 + (this.#files++ % DIFFERENT_FILES)
    const amounts = new Map(products.map(({ id, amount }) => [id, amount + change]))
    const lines = products.map(({ sku, amount }) => `${sku},${((amount + change) / 100).toFixed(2)}`)
    const { edit } = imported.parse(
      await this.#post(
        `/prices/import?${new URLSearchParams({ reason: 'a price list of the chaos run' })}`,
        `sku,price\n${lines.join('\n')}\n`,
      ),
    )
    const committed = this.#beside.checker.together.begin(amounts.keys())
    let commit: Versions | undefined
    try {
      await this.#post(`/bulk-edits/${edit.id}/approve`, {
        confirmations: edit.summary.confirmations.map(({ phrase }) => phrase),
      })
      this.promised.files.push({ editId: edit.id, amounts })
      commit = await this.#committed(edit.id, 'file')
      return true
    } finally {
      committed(commit)
    }
  }

  /** Fills a cart and accepts what the form says until it is taken, every other time twice at once. */
  async #order(ids: readonly number[]): Promise<boolean> {
    const { checker } = this.#beside
    const turn = this.#turn++
    const urls = this.#fleet.web.map(({ url }) => url)
    const shopper = new Shopper(`shopper ${turn}`, urls, turn)
    const versions = new Map(this.#beside.products.map(({ id, version }) => [id, version]))
    for (const offset of [turn, turn + 2]) {
      const id = ids[offset % ids.length] ?? 0
      if ((await shopper.add(id, versions.get(id) ?? 1)).status !== 303) return false
    }
    const cart = await shopper.get('/en/cart')
    if (cart.status !== 200) return false
    recordShown(checker, shopper, cart)
    let page = await shopper.get('/en/checkout')
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      if (page.status !== 200) return false
      const answers = await accept(checker, shopper, page, 1 + (turn % 2), (order) => this.promised.orders.push(order))
      if (!answers) return false
      if (answers.some(({ status }) => status === 303)) return true
      page = answers[0] ?? page
    }
    return false
  }
}
