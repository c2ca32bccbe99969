/**
 * Fills the catalog. One transaction: a seed that is killed leaves nothing behind and the next one starts
 * again. Existing rows are kept, so a larger size later adds the rest.
 */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { bulkLoad } from './bulkLoad.ts'
import { refreshPictures } from './pictures.ts'
import { skuOf } from './sku.ts'
import { addTranslations } from './translations.ts'
import { insertBatch, insertCategories, prepareBatch, type SeedIds } from './write.ts'

export interface SeedProgress {
  readonly done: number
  readonly total: number
  readonly seconds: number
}

export interface SeedOptions {
  readonly databaseUrl: string
  readonly size: number
  readonly onProgress?: (progress: SeedProgress) => void
}

export interface SeedResult {
  readonly added: number
  readonly picturesRefreshed: number
  /** To products of a catalog from before there were any. */
  readonly translationsAdded: number
}

/** Statements of this size are past the point where larger ones are faster, and show progress twice a second. */
const BATCH = 5_000
/** Fewer products take less time than indexes and keys that are made again. */
const BULK_FROM = 600
/** Any number that no other lock has: two seeds at once wait for each other. */
const SEED_LOCK = 7_304_221

/** Adds the products that are missing. A catalog that is complete costs two small queries. */
export async function seedCatalog(options: SeedOptions): Promise<SeedResult> {
  const client = new pg.Client({
    connectionString: options.databaseUrl,
    connectionTimeoutMillis: 5_000,
    application_name: 'evergreen-seed',
  })
  // A lost connection rejects the query that is running; without a listener it would end the process as well.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const added = (await isComplete(client, options.size)) ? 0 : await addMissing(client, options)
    const picturesRefreshed = added === 0 ? await refreshPictures(client) : 0
    const translationsAdded = added === 0 ? await addTranslations(client) : 0
    return { added, picturesRefreshed, translationsAdded }
  } finally {
    await client.end()
  }
}

/** The last product is committed together with all the others. */
async function isComplete(client: pg.Client, size: number): Promise<boolean> {
  const { rowCount } = await client.query('SELECT 1 FROM products WHERE sku = $1', [skuOf(size - 1)])
  return rowCount === 1
}

async function addMissing(client: pg.Client, { size, onProgress }: SeedOptions): Promise<number> {
  const correlationId = `seed-${randomUUID()}`
  await client.query('BEGIN')
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [SEED_LOCK])
    const start = await countSeeded(client)
    const first = start === 0
    await client.query(
      `SELECT set_config('evergreen.source', 'seed', true), set_config('evergreen.actor', 'seed', true),
              set_config('evergreen.reason', 'The first catalog', true), set_config('evergreen.correlation_id', $1, true)`,
      [correlationId],
    )
    const ids: SeedIds = { categories: await insertCategories(client), products: new Map() }
    const began = performance.now()
    const batchFrom = (from: number) => prepareBatch({ from, to: Math.min(from + BATCH, size), size })
    const joined = new Set<number>()
    const write = async () => {
      let prepared = await batchFrom(start)
      for (let from = start; from < size; from += BATCH) {
        const to = Math.min(from + BATCH, size)
        const next = batchFrom(to)
        const [categories] = await Promise.all([insertBatch(client, prepared, ids), next])
        for (const id of categories) joined.add(id)
        prepared = await next
        onProgress?.({ done: to - start, total: size - start, seconds: (performance.now() - began) / 1_000 })
      }
      await listCards(client, correlationId)
    }
    const isBulk = size >= BULK_FROM && (await isEmptyCatalog(client))
    await withoutLinkTriggers(client, isBulk ? () => bulkLoad(client, write) : write)
    // Once and last: until then other writers may change categories.
    await client.query('SELECT touch_categories($1::int[])', [[...joined]])
    await markDelivered(client, correlationId, first)
    await client.query('COMMIT')
    // Without fresh statistics and a visibility map the first queries of a large catalog choose bad plans.
    if (start < size)
      await client.query(
        'VACUUM (ANALYZE) products, product_groups, prices, price_index, stock, product_categories, category_cards, related_products, price_changes, outbox',
      )
    return Math.max(0, size - start)
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined) // the connection may be gone; the first error says why
    throw error
  }
}

async function isEmptyCatalog(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query(
    '(SELECT 1 FROM products LIMIT 1) UNION ALL (SELECT 1 FROM product_groups LIMIT 1)',
  )
  return rowCount === 0
}

/** History is append-only, so it is the witness of how far earlier seeds came. */
async function countSeeded(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM price_changes WHERE source = 'seed' AND version = 1`,
  )
  return rows[0]?.count ?? 0
}

/** The cards of what was made under this id, at once: in the order of their index. */
async function listCards(client: pg.Client, correlationId: string): Promise<void> {
  await client.query(
    `SELECT list_cards(ARRAY(SELECT product_id FROM price_changes WHERE correlation_id = $1 AND version = 1), '{}')`,
    [correlationId],
  )
}

/**
 * Without the triggers that raise the version of a product for each of its links: no layer can hold a product that was not committed
 * yet, and they wrote each row three times. To take them away, Postgres locks both tables against other writers until the transaction
 * ends, so that no link of others goes unnoticed.
 * @param write writes links of new products only, and the cards of their lists
 */
async function withoutLinkTriggers(client: pg.Client, write: () => Promise<void>): Promise<void> {
  const set = (state: 'DISABLE' | 'ENABLE') =>
    client.query(
      `ALTER TABLE related_products ${state} TRIGGER related_products_record_insert;
       ALTER TABLE product_categories ${state} TRIGGER product_categories_record_insert`,
    )
  await set('DISABLE')
  await write()
  await set('ENABLE')
}

/** The lists and groups of a catalog that grows may be cached: the relay brings those. */
async function markDelivered(client: pg.Client, correlationId: string, first: boolean): Promise<void> {
  await client.query(
    `UPDATE outbox SET done_at = clock_timestamp(), indexed_at = clock_timestamp()
     WHERE correlation_id = $1 AND done_at IS NULL AND ($2 OR topic IN ('price', 'product'))`,
    [correlationId, first],
  )
}
