/** A bulk edit of every price, as its preview leaves it, made in one statement: what is measured begins at its approval. */
import type pg from 'pg'

/** @returns its id; its state is `previewed` */
export async function previewedEdit(client: pg.Client, cents: number): Promise<string> {
  await client.query('BEGIN')
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO bulk_edits (selection, rules, reason, created_by) VALUES ('{"matching":true,"added":[],"removed":[]}',
       '{"amount":{"kind":"keep"},"compareAt":{"kind":"keep"}}', 'bench', 'bench@evergreen.example') RETURNING id`,
  )
  const id = rows[0]?.id ?? ''
  await client.query(
    `INSERT INTO bulk_edit_rows (bulk_edit_id, product_id, previewed_version, old_amount_cents, new_amount_cents, old_compare_at_cents, new_compare_at_cents)
     SELECT $1, product_id, version, amount_cents, amount_cents + $2::int, compare_at_cents, compare_at_cents + $2::int FROM prices`,
    [id, cents],
  )
  await client.query('COMMIT')
  return id
}

/** The rows that the approval of the application writes. */
export async function approve(client: pg.Client, id: string): Promise<void> {
  await client.query(
    `UPDATE bulk_edits SET state = 'approved', approved_by = created_by, approved_at = clock_timestamp() WHERE id = $1`,
    [id],
  )
}

/** As many rows in one bare statement, past every trigger. @returns milliseconds, its commit included */
export async function bareUpdate(client: pg.Client, cents: number): Promise<number> {
  await client.query('ALTER TABLE prices DISABLE TRIGGER USER')
  const start = performance.now()
  await client.query('UPDATE prices SET amount_cents = amount_cents + $1, compare_at_cents = compare_at_cents + $1', [
    cents,
  ])
  const ms = performance.now() - start
  await client.query('ALTER TABLE prices ENABLE TRIGGER USER')
  return ms
}

/** Leaves no dead rows to the next round. */
export async function settle(client: pg.Client): Promise<void> {
  for (const name of ['prices', 'bulk_edit_rows', 'price_changes']) await client.query(`VACUUM ANALYZE ${name}`)
}
