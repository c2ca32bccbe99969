/** Years of edits in minutes: the triggers write them, and their owner says when it was. */
import type pg from 'pg'

/** A statement changes every product, so many days after the one before. */
export interface History {
  readonly statements: number
  readonly products: number
  readonly everyDays: number
}

/** Each statement is a bulk edit with its rows. */
export async function edit(client: pg.Client, statement: number): Promise<void> {
  await client.query('BEGIN')
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO bulk_edits (state, selection, rules, reason, created_by) VALUES ('applied', '{}', '{}', 'bench', 'bench@evergreen.example') RETURNING id`,
  )
  const id = rows[0]?.id
  await client.query(
    `SELECT set_config('evergreen.bulk_edit_id', $1, true), set_config('evergreen.source', 'editor', true), set_config('evergreen.actor', 'bench@evergreen.example', true)`,
    [id],
  )
  await client.query(
    `INSERT INTO bulk_edit_rows (bulk_edit_id, product_id, previewed_version, old_amount_cents, new_amount_cents, old_compare_at_cents, new_compare_at_cents, state, applied_version)
     SELECT $1, product_id, version, amount_cents, 1000 + ($2::int * 37) % 900, compare_at_cents, CASE WHEN $2::int % 3 = 0 THEN 2000 END, 'applied', version + 1 FROM prices`,
    [id, statement],
  )
  await client.query(
    `UPDATE prices SET amount_cents = 1000 + ($1::int * 37) % 900, compare_at_cents = CASE WHEN $1::int % 3 = 0 THEN 2000 END`,
    [statement],
  )
  await client.query('COMMIT')
}

/** The growing tables, as the bench measures them. */
export const TABLES = [
  'price_changes',
  'outbox',
  'invalidations',
  'audit_log',
  'bulk_edit_rows',
  'probe_readings',
  'alerts',
]

/**
 * Gives each change its time, and the other tables what single edits would have left: an outbox row and an entry of the audit log for
 * each change, a job for ten of them, three layers a job. Then each table is written anew, as if it had grown in this order.
 */
export async function age(client: pg.Client, { statements, everyDays }: History): Promise<void> {
  await client.query('SET session_replication_role = replica')
  await client.query(
    `WITH dated AS (SELECT id, rank() OVER (ORDER BY created_at) AS nth FROM bulk_edits)
     UPDATE bulk_edits e SET (created_at, previewed_at, approved_at, started_at, applied_at) =
       (SELECT at, at, at, at, at FROM (SELECT now() - make_interval(days => ($1::int - dated.nth::int) * $2::int) AS at) t)
     FROM dated WHERE dated.id = e.id`,
    [statements, everyDays],
  )
  await client.query(
    `UPDATE price_changes c SET changed_at = COALESCE(e.applied_at + c.product_id * interval '1 second', now() - make_interval(days => $1::int))
     FROM price_changes old LEFT JOIN bulk_edits e ON e.id = old.bulk_edit_id WHERE old.id = c.id`,
    [(statements + 1) * everyDays],
  )
  await client.query('TRUNCATE outbox, invalidations, probe_readings, alerts RESTART IDENTITY')
  await client.query(
    `INSERT INTO outbox (topic, entity_ids, versions, created_at, enqueued_at, done_at, indexed_at, attempts)
     SELECT 'price', ARRAY[product_id], ARRAY[version], changed_at, changed_at, changed_at, changed_at, 1
     FROM price_changes WHERE bulk_edit_id IS NOT NULL ORDER BY changed_at, id`,
  )
  await client.query(
    `INSERT INTO invalidations (job_id, outbox_ids, layer, attempt, entities, duration_ms, verified_at, lag_ms, created_at)
     SELECT 'job-' || job.n, job.ids, layer, 1, 10, 3, job.at, 20, job.at
     FROM (SELECT id / 10 AS n, array_agg(id) AS ids, max(created_at) AS at FROM outbox GROUP BY 1) job, unnest('{index,redis,page}'::text[]) layer
     ORDER BY job.n`,
  )
  await client.query(
    `INSERT INTO audit_log (at, actor, via, action, target, reason, detail, correlation_id)
     SELECT changed_at, 'editor-' || product_id % 20 || '@evergreen.example', 'session', 'prices.change', 'product:' || product_id, 'bench',
       jsonb_build_object('products', jsonb_build_array(product_id || '@' || version)), gen_random_uuid()
     FROM price_changes WHERE bulk_edit_id IS NOT NULL ORDER BY changed_at, id`,
  )
  await client.query(
    `INSERT INTO probe_readings (layer, target, url, product_id, expected_version, expected_at, lag_ms, verdict, probed_at)
     SELECT 'page', 'web 1', '/en', 1 + n % 1000, 1, at, 20, CASE WHEN n % 100 = 0 THEN 'behind' ELSE 'fresh' END, at
     FROM generate_series(1, 300000) n, LATERAL (SELECT now() - make_interval(mins => 300000 - n) AS at) t ORDER BY n`,
  )
  await client.query(
    `INSERT INTO alerts (dedup_key, kind, severity, summary, detail, raised_at, resolved_at)
     SELECT 'bench-' || n, 'queue-age', 'warning', 'The oldest job waits', '{}', at, at
     FROM generate_series(1, 20000) n, LATERAL (SELECT now() - make_interval(mins => 20 * (20000 - n)) AS at) t`,
  )
  await client.query('SET session_replication_role = origin')
  for (const name of [...TABLES, 'prices', 'bulk_edits']) await client.query(`VACUUM (FULL, ANALYZE) ${name}`)
}
