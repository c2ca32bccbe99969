/** A database with a few products, and the questions that the tests of the triggers ask it. */
import pg from 'pg'
import { freshDatabase } from '#lib/platform/testing/database.ts'

interface Price {
  readonly productId: number
  readonly amountMinor: number
  readonly version: number
  readonly versionUpdatedAt: Date
}

interface OutboxRow {
  readonly topic: string
  readonly ids: number[]
  readonly versions: number[]
}

type Trx = (sql: string, params?: unknown[]) => Promise<pg.QueryResult>

export interface TriggerFixture {
  readonly pool: pg.Pool
  query<Row extends pg.QueryResultRow>(sql: string, params?: unknown[]): Promise<Row[]>
  /** Products with a price of 10.00 each. @returns their ids */
  products(count: number): Promise<number[]>
  categories(...slugs: string[]): Promise<number[]>
  price(productId: number): Promise<Price>
  versionOf(table: 'products' | 'product_groups' | 'categories' | 'catalog_state', id: number): Promise<number>
  /** The rows that came into the outbox while `work` ran, the oldest first. */
  outboxOf(work: () => Promise<unknown>): Promise<OutboxRow[]>
  /** Commits unless `work` throws. */
  transaction(work: (run: Trx) => Promise<void>): Promise<void>
  drop(): Promise<void>
}

/** @param connections how many writers may be at work at once */
export async function triggerFixture(connections = 5): Promise<TriggerFixture> {
  const database = await freshDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: connections })
  let made = 0

  const fixture: TriggerFixture = {
    pool,
    query: async <Row extends pg.QueryResultRow>(sql: string, params?: unknown[]) =>
      (await pool.query<Row>(sql, params)).rows,
    async products(count) {
      const rows = await fixture.query<{ id: number }>(
        `INSERT INTO products (slug, sku, name, description, brand, image)
         SELECT 'p' || n, 'P' || n, 'Product', 'A product.', 'Brand', '/images/p.svg' FROM generate_series($1::int, $2::int) n RETURNING id`,
        [made + 1, (made += count)],
      )
      const ids = rows.map((row) => row.id)
      await pool.query(
        `INSERT INTO prices (product_id, amount_cents, currency) SELECT unnest($1::int[]), 1000, 'EUR'`,
        [ids],
      )
      return ids
    },
    async categories(...slugs) {
      const rows = await fixture.query<{ id: number }>(
        `INSERT INTO categories (slug, names) SELECT slug, '{"en": "Category"}' FROM unnest($1::text[]) slug RETURNING id`,
        [slugs],
      )
      return rows.map((row) => row.id)
    },
    async price(productId) {
      const [row] = await fixture.query<Price>(
        `SELECT product_id AS "productId", amount_cents AS "amountMinor", version::int, version_updated_at AS "versionUpdatedAt"
         FROM prices WHERE product_id = $1`,
        [productId],
      )
      if (!row) throw new Error(`product ${productId} has no price`)
      return row
    },
    async versionOf(table, id) {
      const [row] = await fixture.query<{ version: number }>(`SELECT version::int FROM ${table} WHERE id = $1`, [id])
      if (!row) throw new Error(`${table} has no row ${id}`)
      return row.version
    },
    async outboxOf(work) {
      const [before] = await fixture.query<{ id: string }>('SELECT COALESCE(max(id), 0) AS id FROM outbox')
      await work()
      return fixture.query<OutboxRow>(
        'SELECT topic, entity_ids AS ids, versions::int[] FROM outbox WHERE id > $1 ORDER BY id',
        [before?.id],
      )
    },
    async transaction(work) {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        await work((sql, params) => client.query(sql, params))
        await client.query('COMMIT')
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      } finally {
        client.release()
      }
    },
    async drop() {
      await pool.end()
      await database.drop()
    },
  }
  return fixture
}
