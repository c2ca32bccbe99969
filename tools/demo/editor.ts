/** The demo as an editor: signs in and changes prices through the admin API, and past it with SQL. */
import type { Client } from 'pg'
import { z } from 'zod'
import type { Edited } from './layers.ts'

const outcome = z.object({
  state: z.enum(['live', 'propagating']),
  results: z.array(z.object({ productId: z.number(), version: z.number() })),
})

export interface Answered {
  readonly edited: readonly Edited[]
  readonly state: 'live' | 'propagating'
  /** Milliseconds that the editor waited for the answer. */
  readonly answeredInMs: number
  /** When the answer was there, by `performance.now()`. */
  readonly at: number
}

const REQUEST_TIMEOUT_MS = 30_000
const REASON = 'npm run demo'

const product = z.object({
  id: z.number(),
  slug: z.string(),
  amountCents: z.number(),
  compareAtCents: z.number().nullable(),
  version: z.coerce.number(),
})
export type Product = z.infer<typeof product>

/** @returns products as they are now, the lowest ids first */
export async function productsNow(database: Client, ids?: readonly number[]): Promise<Product[]> {
  const { rows } = await database.query(
    `SELECT p.id, p.slug, r.amount_cents AS "amountCents", r.compare_at_cents AS "compareAtCents", r.version
     FROM products p JOIN prices r ON r.product_id = p.id
     WHERE p.status = 'active' AND ($1::int[] IS NULL OR p.id = ANY($1)) ORDER BY p.id`,
    [ids ?? null],
  )
  return z.array(product).parse(rows)
}

export class Editor {
  readonly #origin: string
  readonly #cookie: string

  private constructor(origin: string, cookie: string) {
    this.#origin = origin
    this.#cookie = cookie
  }

  /** @param address where to send requests @param origin the public address, which the shop checks */
  static async signIn(address: string, origin: string, account: { email: string; password: string }): Promise<Editor> {
    const answer = await fetch(`${address}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify(account),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    if (!answer.ok) throw new Error(`the sign-in answered ${answer.status}: ${await answer.text()}`)
    const cookie = answer.headers.getSetCookie().map((one) => one.split(';')[0] ?? '')
    return new Editor(origin, cookie.join('; '))
  }

  /** Raises each price by `minor` units of its currency; 0 asks again for what is saved. */
  async raise(address: string, products: readonly Product[], minor: number): Promise<Answered> {
    const changes = products.map(({ id, amountCents, compareAtCents }) => ({
      productId: id,
      amountCents: amountCents + minor,
      compareAtCents: compareAtCents === null ? null : compareAtCents + minor,
    }))
    const began = performance.now()
    const answer = await fetch(`${address}/api/admin/prices`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.#origin, cookie: this.#cookie },
      body: JSON.stringify({ changes, reason: REASON }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    const at = performance.now()
    if (!answer.ok) throw new Error(`the admin API answered ${answer.status}: ${await answer.text()}`)
    const { state, results } = outcome.parse(await answer.json())
    const slugs = new Map(products.map(({ id, slug }) => [id, slug]))
    const edited = results.map(({ productId, version }) => ({
      id: productId,
      slug: slugs.get(productId) ?? '',
      version,
    }))
    return { edited, state, answeredInMs: at - began, at }
  }
}

/** One statement, past the application. @returns the rows as Postgres has them, and when it had committed */
export async function raiseWithSql(
  database: Client,
  products: readonly Product[],
): Promise<{ edited: Edited[]; at: number }> {
  await database.query(
    `UPDATE prices SET amount_cents = amount_cents + 1, compare_at_cents = compare_at_cents + 1 WHERE product_id = ANY($1)`,
    [products.map(({ id }) => id)],
  )
  const at = performance.now()
  return {
    edited: await productsNow(
      database,
      products.map(({ id }) => id),
    ),
    at,
  }
}
