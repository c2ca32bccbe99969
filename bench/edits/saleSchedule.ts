/** A sale that starts in a moment. */
import type pg from 'pg'
import { approve } from '../bulk/edit.ts'

/** Its prices are prepared from some ten seconds before it starts. */
export const STARTS_IN_MS = 12_000

/** As the preview of a bulk edit leaves it: a tenth off. @param ids products that are in it @param size of the sale */
export async function previewedSale(client: pg.Client, ids: readonly number[], size: number): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO bulk_edits (selection, rules, reason, created_by) VALUES ('{"matching":true,"added":[],"removed":[]}',
       '{"amount":{"kind":"keep"},"compareAt":{"kind":"keep"}}', 'a sale', 'bench@evergreen.example') RETURNING id`,
  )
  const id = rows[0]?.id ?? ''
  await client.query(
    `INSERT INTO bulk_edit_rows (bulk_edit_id, product_id, previewed_version, old_amount_cents, new_amount_cents, old_compare_at_cents, new_compare_at_cents)
     SELECT $1, product_id, version, amount_cents, greatest(1, amount_cents - amount_cents / 10), compare_at_cents,
            COALESCE(compare_at_cents, amount_cents)
     FROM prices ORDER BY product_id = ANY($2) DESC, product_id LIMIT $3`,
    [id, ids, size],
  )
  return id
}

/** @returns when it starts, as `performance.now` counts */
export async function schedule(client: pg.Client, edit: string): Promise<number> {
  await approve(client, edit)
  await client.query(
    `INSERT INTO price_schedules (bulk_edit_id, starts_at, ends_at, time_zone, created_by)
     SELECT $1, at, at + interval '1 hour', 'UTC', 'bench@evergreen.example' FROM (SELECT clock_timestamp() + make_interval(secs => $2)) t (at)`,
    [edit, STARTS_IN_MS / 1_000],
  )
  return performance.now() + STARTS_IN_MS
}
