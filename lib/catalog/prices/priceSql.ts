/** SQL of a price that more than one statement needs. Runs anywhere: the manifest of resource kinds, which edges read, has it. */

const isoTime = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/**
 * Null unless it is a sale price.
 *
 * The reduction begins with the change that brought the amount that is shown, or that put a former price beside it.
 * Each change in the 30 days up to it, itself included, names in its old amount a price that was in force within them:
 * the first of them the one that held when they began, however long before it was set. A product that has never had
 * another price has its own.
 *
 * `OFFSET 0` keeps the condition on the time out of the look-up by product: Postgres would combine that with the block range
 * index of all times, which costs a millisecond a price.
 * @param row a row of `prices`
 */
export const lowestAmountSql = (row: string) => `CASE WHEN ${row}.compare_at_cents IS NOT NULL THEN COALESCE((
  SELECT min(h.old_amount_cents) FROM (
    SELECT c.version, c.changed_at FROM price_changes c
    WHERE c.product_id = ${row}.product_id AND c.version <= ${row}.version
      AND (c.old_amount_cents IS DISTINCT FROM c.new_amount_cents OR (c.old_compare_at_cents IS NULL AND c.new_compare_at_cents IS NOT NULL))
    ORDER BY c.version DESC LIMIT 1) reduction,
    LATERAL (SELECT * FROM price_changes WHERE product_id = ${row}.product_id AND version <= reduction.version OFFSET 0) h
  WHERE h.changed_at > reduction.changed_at - interval '30 days'
), ${row}.amount_cents) END`

/** When the sale that is shown ends (ISO 8601); null where none is, or none that ends. */
export const validUntilSql = (row: string) => `(
  SELECT ${isoTime('s.ends_at')} FROM price_schedules s WHERE s.id = ${row}.sale_id)`

/** The payload of one version of a price: `parsePricePayload` reads it. */
export const pricePayloadSql = (row: string) => `jsonb_build_object(
  'version', ${row}.version, 'amountMinor', ${row}.amount_cents, 'compareAtMinor', ${row}.compare_at_cents,
  'lowestMinor', ${lowestAmountSql(row)}, 'currency', ${row}.currency,
  'versionUpdatedAt', ${isoTime(`${row}.version_updated_at`)}, 'validUntil', ${validUntilSql(row)})`

/** Whether a product is sold belongs to one version of the product. @param row a row of `products` */
export const salePayloadSql = (row: string) => `jsonb_build_object('version', ${row}.version, 'status', ${row}.status)`
