-- The cost of a price change besides itself. A bulk edit of 100,000 prices took 3.5 times as long as a bare UPDATE of as
-- many rows, and much of that was the upkeep of indexes that others can stand in for.

-- A history only grows at its end, in the order of time: blocks of it can be left out by their time.
DROP INDEX price_changes_changed_at_idx;
CREATE INDEX price_changes_changed_at_brin_idx ON price_changes USING brin (changed_at);
-- Versions of a price are in the order of time too, and have an index with the product.
DROP INDEX price_changes_product_changed_at_idx;

-- A row of an edit is changed once, from pending to what became of it. Without an index on the state, and with room for
-- the new row beside the old one, that touches no index (a heap-only tuple). An edit's rows are found by its own key.
DROP INDEX bulk_edit_rows_bulk_edit_id_state_idx;
ALTER TABLE bulk_edit_rows SET (fillfactor = 45);

-- One join of old and new rows, and the context asked for once and not for each row.
CREATE OR REPLACE FUNCTION record_price_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ids integer[]; vs bigint[];
  its_source text := COALESCE(change_context('source'), 'sql');
  its_actor text := COALESCE(change_context('actor'), session_user::text);
  its_reason text := change_context('reason');
  its_edit uuid := change_context('bulk_edit_id')::uuid;
  its_correlation text := change_context('correlation_id');
BEGIN
  IF TG_OP = 'INSERT' THEN
    WITH written AS (
      INSERT INTO price_changes (product_id, version, new_amount_cents, new_compare_at_cents, currency,
                                 source, actor, reason, bulk_edit_id, correlation_id, changed_at)
      SELECT n.product_id, n.version, n.amount_cents, n.compare_at_cents, n.currency,
             its_source, its_actor, its_reason, its_edit, its_correlation, n.version_updated_at
      FROM new_rows n ORDER BY n.product_id
      RETURNING product_id, version)
    SELECT array_agg(product_id), array_agg(version) INTO ids, vs FROM written;
  ELSE
    WITH written AS (
      INSERT INTO price_changes (product_id, version, old_amount_cents, new_amount_cents, old_compare_at_cents,
                                 new_compare_at_cents, currency, source, actor, reason, bulk_edit_id,
                                 correlation_id, changed_at)
      SELECT n.product_id, n.version, o.amount_cents, n.amount_cents, o.compare_at_cents, n.compare_at_cents,
             n.currency, its_source, its_actor, its_reason, its_edit, its_correlation, n.version_updated_at
      FROM new_rows n JOIN old_rows o USING (product_id) WHERE n.version > o.version ORDER BY n.product_id
      RETURNING product_id, version)
    SELECT array_agg(product_id), array_agg(version) INTO ids, vs FROM written;
  END IF;
  IF ids IS NULL THEN RETURN NULL; END IF;
  PERFORM write_outbox('price', ids, vs);
  RETURN NULL;
END $$;
