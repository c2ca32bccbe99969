-- The history of prices is kept for 400 days, and beyond them what is still told: docs/operations/retention.md. A longer time is a
-- migration that replaces function and trigger; a shorter one, too, so that no process and no setting can shorten it.

DROP TRIGGER price_changes_append_only ON price_changes;
CREATE TRIGGER price_changes_append_only BEFORE UPDATE OR TRUNCATE ON price_changes FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_change('history is append-only');
CREATE TRIGGER price_changes_keep BEFORE DELETE ON price_changes FOR EACH STATEMENT
  WHEN (current_setting('evergreen.forget_price_changes', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION refuse_change('history is append-only; forget_price_changes() deletes what nothing needs any more');
-- Also where a session sets what the function sets.
CREATE TRIGGER price_changes_keep_young BEFORE DELETE ON price_changes FOR EACH ROW
  WHEN (OLD.changed_at > now() - interval '400 days')
  EXECUTE FUNCTION refuse_change('history is kept for 400 days');

-- Deletes changes of the products above `after` up to `upto` that nothing needs any more. Returns how many, at most `at_most`: as
-- many mean that there may be more.
--
-- Statements of a price of the last 400 days stay as they are. That needs the price that was in force when they began, the
-- change that brought its amount (a reduction begins with it, however long ago), and all that it cost in the 30 days before that
-- one. Kept beside them: the first version, and the one that the base price is of.
--
-- Each look walks down the versions of one product. OFFSET 0 keeps the condition on the time out of the look-up: Postgres would
-- combine it with the block range index of all times, which costs a millisecond a price.
--
-- It runs with the rights of the owner, since the application has none to delete here; pg_temp comes last, so that no table of the
-- session takes the place of one of these.
CREATE FUNCTION forget_price_changes(after integer, upto integer, at_most integer) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET evergreen.forget_price_changes = 'on' AS $$
DECLARE
  cutoff CONSTANT timestamptz := now() - interval '400 days';
  gone integer;
BEGIN
  WITH asked AS MATERIALIZED (
    SELECT p.product_id, p.base_version FROM prices p
    WHERE p.product_id > forget_price_changes.after AND p.product_id <= forget_price_changes.upto
  ), old AS MATERIALIZED (
    SELECT h.id FROM asked a
    CROSS JOIN LATERAL (
      SELECT version FROM (SELECT * FROM price_changes WHERE product_id = a.product_id ORDER BY version DESC OFFSET 0) c
      WHERE c.changed_at <= cutoff ORDER BY version DESC LIMIT 1) in_force
    CROSS JOIN LATERAL (
      SELECT c.version, c.changed_at FROM price_changes c WHERE c.product_id = a.product_id AND c.version <= in_force.version
        AND (c.old_amount_cents IS DISTINCT FROM c.new_amount_cents OR (c.old_compare_at_cents IS NULL AND c.new_compare_at_cents IS NOT NULL))
      ORDER BY c.version DESC LIMIT 1) amount
    CROSS JOIN LATERAL (
      SELECT version FROM (SELECT * FROM price_changes WHERE product_id = a.product_id AND version <= amount.version ORDER BY version DESC OFFSET 0) c
      WHERE c.changed_at <= amount.changed_at - interval '30 days' ORDER BY version DESC LIMIT 1) before
    CROSS JOIN LATERAL (
      SELECT c.id, c.changed_at FROM price_changes c WHERE c.product_id = a.product_id
        AND c.version > 1 AND c.version < before.version AND c.version <> a.base_version OFFSET 0) h
    WHERE h.changed_at <= cutoff LIMIT forget_price_changes.at_most
  ), deleted AS (DELETE FROM price_changes c USING old WHERE c.id = old.id RETURNING c.id)
  SELECT count(*) INTO gone FROM deleted;
  RETURN gone;
END $$;
REVOKE ALL ON FUNCTION forget_price_changes(integer, integer, integer) FROM PUBLIC;
