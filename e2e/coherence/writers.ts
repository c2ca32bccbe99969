/** Editors of the back office, and a user with a database console. */
import type pg from 'pg'
import { z } from 'zod'
import { anySize } from '../support/confirmations.ts'
import type { Checker } from './checker.ts'
import { Client } from './client.ts'
import type { Committed } from './history.ts'
import type { Load } from './load.ts'
import type { Outage } from './outage.ts'
import type { HotProduct } from './targets.ts'
import { Unanswered } from './unanswered.ts'

/** Products in one request. */
const MOST_AT_ONCE = 3
const WRITE_TIMEOUT_MS = 30_000

const outcome = z.object({
  state: z.enum(['live', 'propagating']),
  results: z.array(z.object({ productId: z.int(), status: z.string(), version: z.int(), amountCents: z.int() })),
})

export interface WriteCounts {
  live: number
  propagating: number
  sql: number
  /** Edits whose answer never came, saved or not. */
  unanswered: number
  /** Edits and updates that were answered with an error, because a store was away. */
  refused: number
}

/** Signs in as a browser does. @returns the cookie */
export async function signIn(origin: string, email: string, password: string): Promise<string> {
  const response = await fetch(`${origin}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email, password }),
    signal: AbortSignal.timeout(WRITE_TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`sign-in was refused with ${response.status}: ${await response.text()}`)
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

export interface WriterOptions {
  readonly origins: readonly string[]
  readonly products: readonly HotProduct[]
  readonly locales: readonly string[]
  readonly checker: Checker
  readonly load: Load
  readonly pool: pg.Pool
  readonly cookie: string
  readonly outage: Outage
  /** True where an edit may be refused; otherwise that ends the run. */
  readonly storesFail: boolean
}

export type State = z.infer<typeof outcome>['state']

export class Writers {
  readonly counts: WriteCounts = { live: 0, propagating: 0, sql: 0, unanswered: 0, refused: 0 }
  readonly #options: WriterOptions
  readonly #unanswered: Unanswered
  /** No amount is used twice, so that an amount identifies its edit. */
  #amount: number

  constructor(options: WriterOptions) {
    this.#options = options
    this.#unanswered = new Unanswered(options.pool)
    this.#amount = 100 + Math.max(0, ...options.products.map(({ amountCents }) => amountCents))
    for (const { productId, version } of options.products)
      options.checker.live({ productId, version, at: performance.now() })
  }

  /** Edits through the admin API until the run ends, one about every `reads` reads; after each, the editor looks. */
  async edit(name: string, reads: number): Promise<void> {
    const { load, locales } = this.#options
    const client = new Client(name, 'br')
    while (await load.pace.after(around(reads))) {
      await this.#settleInCalm()
      const products = sample(this.#options.products, 1 + Math.floor(Math.random() * MOST_AT_ONCE))
      if (!(await this.post(name, products))) continue
      for (const product of products) {
        load.edited(product)
        await load.readProduct(client, product, one(locales), { cookie: this.#options.cookie })
      }
    }
    client.close()
  }

  /** One request with an edit of each of `products`. @returns undefined when no answer came, or a refusal */
  async post(
    name: string,
    products: readonly HotProduct[],
    origin = one(this.#options.origins),
  ): Promise<State | undefined> {
    const { checker, cookie, outage } = this.#options
    const changes = products.map(({ id }) => ({ productId: id, ...this.#nextAmount() }))
    const start = performance.now()
    const committed = checker.together.begin(changes.map(({ productId }) => productId))
    const answer = await this.#send(`${origin}/api/admin/prices`, cookie, {
      changes,
      reason: 'coherence run',
      confirmations: anySize(MOST_AT_ONCE),
    })
    const end = performance.now()
    if (typeof answer === 'string') {
      this.counts[answer]++
      this.#unanswered.add({ amounts: amountsOf(changes), committed })
      return undefined
    }
    committed(new Map(answer.results.map(({ productId, version }) => [productId, version])))
    this.counts[answer.state]++
    for (const { productId, status, version, amountCents } of answer.results) {
      if (status !== 'changed') throw new Error(`product ${productId} was to be changed and is "${status}"`)
      const propagating = answer.state !== 'live'
      checker.wrote({ client: name, channel: 'api', propagating, productId, version, amountCents, start, end })
      if (answer.state === 'live') checker.live({ productId, version, at: end })
      else outage.liveWithinBounds(end, (at, place) => checker.live({ productId, version, at, place }))
    }
    return answer.state
  }

  /** Updates rows in Postgres until the run ends, past the application: every other time several in one statement. */
  async update(name: string, reads: number): Promise<void> {
    const { products, load } = this.#options
    for (let times = 0; await load.pace.after(around(reads)); times++)
      await this.updateOnce(name, ...sample(products, times % 2 === 0 ? 1 : Math.ceil(products.length / 2)))
  }

  /** One statement. */
  async updateOnce(name: string, ...products: readonly HotProduct[]): Promise<void> {
    const { pool, checker, load, outage } = this.#options
    const ids = products.map(({ id }) => id).toSorted((a, b) => a - b)
    const amounts = ids.map(() => this.#nextAmount())
    const start = performance.now()
    const committed = checker.together.begin(ids)
    // Locked in the order in which editors lock.
    const rows = await pool
      .query<{ product_id: number; version: string; amount_cents: number }>(
        `WITH locked AS MATERIALIZED (SELECT product_id FROM prices WHERE product_id = ANY($1::int[]) ORDER BY product_id FOR UPDATE)
         UPDATE prices p SET amount_cents = next.amount, compare_at_cents = next.compare_at
         FROM unnest($1::int[], $2::int[], $3::int[]) next (id, amount, compare_at)
         WHERE p.product_id = next.id AND (SELECT count(*) FROM locked) > 0
         RETURNING p.product_id, p.version, p.amount_cents`,
        [ids, amounts.map(({ amountCents }) => amountCents), amounts.map(({ compareAtCents }) => compareAtCents)],
      )
      .then(
        (result) => result.rows,
        (error: unknown) => this.#refusal(error),
      )
    const end = performance.now()
    if (!rows) {
      const changes = ids.map((productId, i) => ({ productId, amountCents: amounts[i]?.amountCents ?? 0 }))
      return this.#unanswered.add({ amounts: amountsOf(changes), committed })
    }
    committed(new Map(rows.map((row) => [row.product_id, Number(row.version)])))
    this.counts.sql++
    for (const { product_id: productId, amount_cents: amountCents, ...row } of rows) {
      const version = Number(row.version)
      checker.wrote({ client: name, channel: 'sql', productId, version, amountCents, start, end })
      outage.liveWithinBounds(end, (at, place) => checker.live({ productId, version, at, place }))
    }
    for (const product of products) load.edited(product)
  }

  /** Holds readers to what was committed without an answer. To be called while all is well. */
  async settle(): Promise<void> {
    const { checker, outage } = this.#options
    for (const versions of await this.#unanswered.settle())
      for (const [productId, version] of versions)
        outage.liveWithinBounds(performance.now(), (at, place) => checker.live({ productId, version, at, place }))
  }

  async #settleInCalm(): Promise<void> {
    const { outage, storesFail } = this.#options
    if (outage.since(performance.now()) !== undefined) return
    await this.settle().catch((error: unknown) => {
      if (!storesFail) throw error // else it is tried again: a fault has begun
    })
  }

  #refusal(error: unknown): undefined {
    if (!this.#options.storesFail) throw error
    this.counts.refused++
  }

  #nextAmount(): { amountCents: number; compareAtCents: number | null } {
    const amountCents = this.#amount++
    return { amountCents, compareAtCents: amountCents % 2 === 0 ? null : amountCents + 500 }
  }

  async #send(url: string, cookie: string, body: object): Promise<z.infer<typeof outcome> | 'unanswered' | 'refused'> {
    let response: Response
    let text: string
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(WRITE_TIMEOUT_MS),
      })
      text = await response.text()
    } catch {
      return 'unanswered' // the instance was killed before it answered
    }
    if (response.status >= 500 && this.#options.storesFail) return 'refused'
    if (!response.ok) throw new Error(`an edit was refused with ${response.status}: ${text}`)
    return outcome.parse(JSON.parse(text))
  }
}

/** Every version that Postgres has ever had. */
export async function committedPrices(pool: pg.Pool): Promise<Committed[]> {
  const { rows } = await pool.query<Committed>(
    'SELECT product_id AS "productId", version::int AS version, new_amount_cents AS "amountCents" FROM price_changes',
  )
  return rows
}

const amountsOf = (changes: readonly { readonly productId: number; readonly amountCents: number }[]) =>
  new Map(changes.map(({ productId, amountCents }) => [productId, amountCents]))

function around(reads: number): number {
  return Math.max(1, Math.round(reads * 2 * Math.random()))
}

function one<T>(items: readonly T[]): T {
  const [item] = sample(items, 1)
  if (item === undefined) throw new Error('nothing to choose from')
  return item
}

function sample<T>(items: readonly T[], count: number): T[] {
  const left = [...items]
  return Array.from({ length: Math.min(count, left.length) }, () =>
    left.splice(Math.floor(Math.random() * left.length), 1),
  ).flat()
}
