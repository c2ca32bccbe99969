-- A row of the history was written into five trees, of which a bulk edit needs three: by product and version, by edit, and by number.

-- A change is known by its product and version. Its number gives the order of all edits: price_changes_edits_idx has that, without the
-- seed.
ALTER TABLE price_changes DROP CONSTRAINT price_changes_pkey;
ALTER TABLE price_changes ADD CONSTRAINT price_changes_pkey PRIMARY KEY USING INDEX price_changes_product_id_version_key;

-- The changes of a bulk edit have its correlation id and are found by the edit.
DROP INDEX price_changes_correlation_id_idx;
CREATE INDEX price_changes_correlation_id_idx ON price_changes (correlation_id) WHERE source <> 'seed' AND bulk_edit_id IS NULL;

-- As before, by the new key.
CREATE OR REPLACE FUNCTION forget_price_changes(after integer, upto integer, at_most integer) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET evergreen.forget_price_changes = 'on' AS $$
DECLARE
  cutoff CONSTANT timestamptz := now() - interval '400 days';
  gone integer;
BEGIN
  WITH asked AS MATERIALIZED (
    SELECT p.product_id, p.base_version FROM prices p
    WHERE p.product_id > forget_price_changes.after AND p.product_id <= forget_price_changes.upto
  ), planned AS MATERIALIZED (
    SELECT s.bulk_edit_id FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id
    WHERE s.state = 'pending' AND e.previewed_at <= cutoff
  ), old AS MATERIALIZED (
    SELECT h.product_id, h.version FROM asked a
    CROSS JOIN LATERAL (
      SELECT max(c.version) AS version FROM price_changes c WHERE c.product_id = a.product_id AND c.version < COALESCE((
        SELECT version FROM (SELECT * FROM price_changes WHERE product_id = a.product_id ORDER BY version OFFSET 0) young
        WHERE young.changed_at > cutoff ORDER BY version LIMIT 1), 9223372036854775807)) in_force
    CROSS JOIN LATERAL (
      SELECT c.version, c.changed_at FROM price_changes c WHERE c.product_id = a.product_id AND c.version <= in_force.version
        AND (c.old_amount_cents IS DISTINCT FROM c.new_amount_cents OR (c.old_compare_at_cents IS NULL AND c.new_compare_at_cents IS NOT NULL))
      ORDER BY c.version DESC LIMIT 1) amount
    CROSS JOIN LATERAL (
      SELECT version FROM (SELECT * FROM price_changes WHERE product_id = a.product_id AND version <= amount.version ORDER BY version DESC OFFSET 0) c
      WHERE c.changed_at <= amount.changed_at - interval '30 days' ORDER BY version DESC LIMIT 1) before
    JOIN price_changes h ON h.product_id = a.product_id AND h.version > 1 AND h.version < before.version AND h.version <> a.base_version
    WHERE NOT EXISTS (
      SELECT FROM planned p JOIN bulk_edit_rows r ON r.bulk_edit_id = p.bulk_edit_id
      WHERE r.product_id = h.product_id AND r.previewed_version = h.version)
    LIMIT forget_price_changes.at_most
  ), deleted AS (DELETE FROM price_changes c USING old WHERE c.product_id = old.product_id AND c.version = old.version RETURNING c.id)
  SELECT count(*) INTO gone FROM deleted;
  RETURN gone;
END $$;
