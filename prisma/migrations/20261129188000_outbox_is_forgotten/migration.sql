-- The outbox is deleted by age, and the version index knows from where on it is whole. The texts are those of lib/coherence/sql/versioned.sql.

-- The newest change that forget_outbox has deleted, as database_identity() and its transaction: what is older than that, such as
-- a Redis from an old file, cannot be brought up to date from the outbox any more.
ALTER TABLE index_term ADD COLUMN forgotten text NOT NULL DEFAULT '';

-- Deletes rows of the outbox that every layer has had for long, the oldest first; a row that is not done keeps back no other. Call
-- it again while it returns something. Returns how many are gone.
CREATE OR REPLACE FUNCTION forget_outbox(older_than interval, at_most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  gone integer;
  newest xid8;
BEGIN
  -- The first rows, then their age: with nothing to delete this reads no more than with all.
  WITH deleted AS (
    DELETE FROM outbox o USING (
      SELECT id FROM (
        SELECT id, created_at FROM outbox WHERE done_at IS NOT NULL AND indexed_at IS NOT NULL ORDER BY id LIMIT at_most) first
      WHERE created_at < clock_timestamp() - older_than) old
    -- Again: one that was opened anew at this moment stays.
    WHERE o.id = old.id AND o.done_at IS NOT NULL AND o.indexed_at IS NOT NULL RETURNING o.xid)
  SELECT count(*), max(xid) INTO gone, newest FROM deleted;
  IF gone > 0 THEN
    UPDATE index_term SET forgotten = database_identity() || ' ' || CASE
      WHEN forgotten LIKE database_identity() || ' %' THEN greatest(newest, split_part(forgotten, ' ', 2)::xid8) ELSE newest END;
  END IF;
  RETURN gone;
END $$;
