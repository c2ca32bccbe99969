import type { Client } from 'pg'

/** The tables that a seed fills. */
const TABLES =
  '{products,product_groups,prices,price_index,stock,product_categories,category_cards,related_products,price_changes}'

/** What they do for new products is done by the seed itself, or concerns groups and products that layers may hold. */
const TRIGGERS = [
  ['products', 'stock_new_products'],
  ['products', 'touch_groups_insert'],
  ['prices', 'touch_groups_insert'],
] as const

interface Defined {
  readonly owner: string
  readonly name: string
  readonly definition: string
}

/** Unique indexes stay: the seed looks products up by their item numbers. */
async function dropIndexes(client: Client): Promise<readonly Defined[]> {
  const { rows } = await client.query<Defined>(
    `SELECT indrelid::regclass::text AS owner, indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
     FROM pg_index WHERE indrelid = ANY ($1::regclass[]) AND NOT indisunique ORDER BY indexrelid`,
    [TABLES],
  )
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`)
  return rows
}

async function dropForeignKeys(client: Client): Promise<readonly Defined[]> {
  const { rows } = await client.query<Defined>(
    `SELECT conrelid::regclass::text AS owner, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE conrelid = ANY ($1::regclass[]) AND contype = 'f' ORDER BY oid`,
    [TABLES],
  )
  for (const { owner, name } of rows) await client.query(`ALTER TABLE ${owner} DROP CONSTRAINT ${name}`)
  return rows
}

/**
 * Writes into tables that keep nothing up to date for each row: an index or a foreign key that is made of a million rows afterwards costs
 * a fraction of one that is there while they come. The tables are locked against all others until the transaction ends, so this
 * is for a catalog that is empty.
 * @param write writes new products in new groups, with a stock of their own
 */
export async function bulkLoad(client: Client, write: () => Promise<void>): Promise<void> {
  const triggers = (state: 'DISABLE' | 'ENABLE') =>
    client.query(TRIGGERS.map(([table, name]) => `ALTER TABLE ${table} ${state} TRIGGER ${name}`).join('; '))
  await triggers('DISABLE')
  const keys = await dropForeignKeys(client)
  const indexes = await dropIndexes(client)
  await client.query(`SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '256MB'`)
  await write()
  for (const { definition } of indexes) await client.query(definition)
  // Fresh statistics: a key is checked by one join of both tables, and for empty ones the planner would choose nested loops.
  await client.query('ANALYZE products, product_groups, prices, stock, product_categories, related_products')
  for (const { owner, name, definition } of keys)
    await client.query(`ALTER TABLE ${owner} ADD CONSTRAINT ${name} ${definition}`)
  await triggers('ENABLE')
}
