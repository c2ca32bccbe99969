/** A large catalog out of a small one, in a minute: copies of its rows, past the triggers. The measurements only read. */
import pg from 'pg'

async function columns(client: pg.Client, table: string, without: readonly string[]): Promise<string> {
  const { rows } = await client.query<{ names: string }>(
    `SELECT string_agg(column_name, ', ') AS names FROM information_schema.columns
     WHERE table_name = $1 AND table_schema = 'public' AND is_generated = 'NEVER' AND column_name <> ALL ($2)`,
    [table, without],
  )
  return rows[0]?.names ?? ''
}

/** One that is there while a million rows come is brought up to date for each of them: made afterwards it takes a tenth. */
async function dropIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
     WHERE i.indrelid = ANY ('{products,prices,product_categories,category_cards,price_changes}'::regclass[]) AND NOT i.indisunique`,
  )
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`)
  return rows.map(({ definition }) => definition)
}

/** @param times the catalog becomes so many times as large; products keep their categories, and have a history of one change */
export async function multiplyCatalog(databaseUrl: string, times: number): Promise<void> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    const { rows } = await client.query<{ step: number; groups: number }>(
      'SELECT max(id) AS step, (SELECT COALESCE(max(id), 0) FROM product_groups) AS groups FROM products',
    )
    const { step = 0, groups = 0 } = rows[0] ?? {}
    const [products, prices] = await Promise.all([
      columns(client, 'products', ['id', 'slug', 'sku', 'group_id']),
      columns(client, 'prices', ['product_id']),
    ])
    const copies = `generate_series(1, ${times - 1}) AS k`
    await client.query("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
    const indexes = await dropIndexes(client)
    await client.query(
      `INSERT INTO product_groups (id, name, names) SELECT id + ${groups} * k, name, names FROM product_groups, ${copies}`,
    )
    await client.query(
      `INSERT INTO products (id, slug, sku, group_id, ${products})
       SELECT id + ${step} * k, slug || '-' || id + ${step} * k, sku || '-' || id + ${step} * k, group_id + ${groups} * k, ${products} FROM products, ${copies}`,
    )
    await client.query(
      `INSERT INTO prices (product_id, ${prices}) SELECT product_id + ${step} * k, ${prices} FROM prices, ${copies}`,
    )
    await client.query(
      `INSERT INTO stock (product_id, quantity) SELECT product_id + ${step} * k, quantity FROM stock, ${copies}`,
    )
    await client.query(`INSERT INTO product_categories (product_id, category_id) SELECT product_id + ${step} * k, category_id
      FROM product_categories JOIN categories ON id = category_id AND kind = 'category', ${copies}`)
    await client.query(`INSERT INTO category_cards (category_id, rank, product_id) SELECT category_id, rank, product_id + ${step} * k
      FROM category_cards JOIN categories ON id = category_id AND kind = 'category', ${copies}`)
    await client.query(`INSERT INTO price_index (product_id, version, version_updated_at)
      SELECT product_id, version, version_updated_at FROM prices ON CONFLICT DO NOTHING`)
    await client.query(`INSERT INTO price_changes (product_id, version, new_amount_cents, new_compare_at_cents, currency, source, actor, changed_at)
      SELECT product_id, version, amount_cents, compare_at_cents, currency, 'seed', 'seed', version_updated_at FROM prices ON CONFLICT DO NOTHING`)
    for (const definition of indexes) await client.query(definition)
    await client.query('VACUUM ANALYZE')
    await client.query('CHECKPOINT') // else it is written out while the pages are measured
  } finally {
    await client.end()
  }
}
