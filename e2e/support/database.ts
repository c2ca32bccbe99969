/** Reads the database past the application. */
import pg from 'pg'
import { z } from 'zod'
import { environment } from './environment.ts'

const priceRow = z.object({
  productId: z.number(),
  slug: z.string(),
  name: z.string(),
  sku: z.string(),
  amountCents: z.number(),
  compareAtCents: z.number().nullable(),
  version: z.coerce.number(),
  versionUpdatedAt: z.date(),
})

export type PriceRow = z.infer<typeof priceRow>

const SELECT_PRICE = `SELECT p.product_id AS "productId", pr.slug, pr.name, pr.sku, p.amount_cents AS "amountCents",
  p.compare_at_cents AS "compareAtCents", p.version, p.version_updated_at AS "versionUpdatedAt"
  FROM prices p JOIN products pr ON pr.id = p.product_id`

export class Database {
  readonly #pool: pg.Pool

  constructor(url: string = environment.DATABASE_URL) {
    this.#pool = new pg.Pool({ connectionString: url, max: 3 })
  }

  /** Any statement: a change made here goes past the application, as psql's would. */
  async sql(text: string, values: unknown[] = []): Promise<unknown[]> {
    return (await this.#pool.query(text, values)).rows
  }

  async price(productId: number): Promise<PriceRow> {
    const [row] = await this.sql(`${SELECT_PRICE} WHERE p.product_id = $1`, [productId])
    return priceRow.parse(row)
  }

  /** An active product without a compare-at price. @param offset files of tests take products of their own */
  async plainProduct(offset = 0): Promise<PriceRow> {
    const [row] = await this.sql(
      `${SELECT_PRICE} WHERE pr.status = 'active' AND p.compare_at_cents IS NULL ORDER BY pr.id LIMIT 1 OFFSET $1`,
      [offset],
    )
    return priceRow.parse(row)
  }

  /** Everything that a refused request must leave as it is: the row, and how much history and outbox there is. */
  async written(productId: number): Promise<unknown> {
    const [counts] = await this.sql(
      'SELECT (SELECT count(*) FROM price_changes) AS changes, (SELECT max(id) FROM outbox) AS outbox',
    )
    return { row: await this.price(productId), counts }
  }

  /** Locks a price as a change under way does. @returns lets it go, unchanged */
  async holdPrice(productId: number): Promise<() => Promise<void>> {
    const client = await this.#pool.connect()
    await client.query('BEGIN')
    await client.query('SELECT 1 FROM prices WHERE product_id = $1 FOR UPDATE', [productId])
    return async () => {
      await client.query('ROLLBACK')
      client.release()
    }
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }
}
