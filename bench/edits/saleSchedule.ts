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

/** @returns when it starts, by the clock of the database, which is that of this machine: as `performance.now` counts */
export async function schedule(client: pg.Client, edit: string): Promise<number> {
  await approve(client, edit)
  const { rows } = await client.query<{ at: Date }>(
    `INSERT INTO price_schedules (bulk_edit_id, starts_at, ends_at, time_zone, created_by)
     SELECT $1, at, at + interval '1 hour', 'UTC', 'bench@evergreen.example'
     FROM (SELECT date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => $2)) t (at) RETURNING starts_at AS at`,
    [edit, STARTS_IN_MS / 1_000],
  )
  const [row] = rows
  if (!row) throw new Error('no schedule was written')
  return row.at.getTime() - performance.timeOrigin
}

/**
 * Waits in Postgres until another session sees the edit applied: what is measured there is not late with this process.
 * @returns milliseconds after the start of its schedule; undefined when that is not within `seconds`
 */
export async function committedAfter(client: pg.Client, edit: string, seconds: number): Promise<number | undefined> {
  await client.query(`
    CREATE OR REPLACE FUNCTION pg_temp.applied_after(edit uuid, seconds integer) RETURNS float8 LANGUAGE plpgsql AS $$
    DECLARE start timestamptz := (SELECT starts_at FROM price_schedules WHERE bulk_edit_id = edit);
    BEGIN
      LOOP
        IF EXISTS (SELECT FROM bulk_edits WHERE id = edit AND state = 'applied') THEN
          RETURN EXTRACT(EPOCH FROM clock_timestamp() - start) * 1000;
        END IF;
        IF clock_timestamp() > start + make_interval(secs => seconds) THEN RETURN NULL; END IF;
        PERFORM pg_sleep(0.002);
      END LOOP;
    END $$`)
  const { rows } = await client.query<{ ms: number | null }>('SELECT pg_temp.applied_after($1, $2) AS ms', [
    edit,
    seconds,
  ])
  return rows[0]?.ms ?? undefined
}
