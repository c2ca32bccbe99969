-- Delivery that keeps up with single edits: a row that fails is delivered alone, and a commit wakes the relay only when it sleeps.
-- The texts are those of lib/coherence/sql/versioned.sql.

ALTER TABLE outbox
  -- A relay takes it at once, or from here on.
  ADD COLUMN retry_at timestamptz(3),
  -- The times that a page did not show its change: such a row is delivered alone.
  ADD COLUMN failures integer NOT NULL DEFAULT 0;

-- Rows are taken in the order of their ids.
DROP INDEX outbox_pending_idx;
CREATE INDEX outbox_pending_idx ON outbox (id) WHERE done_at IS NULL;

-- NOTIFY carries nothing and only wakes the relay, at the commit. Commits with a NOTIFY wait for each other, so none is sent while
-- a relay looks by itself: it holds this lock then. The probe lets go of it at once.
CREATE OR REPLACE FUNCTION write_outbox(topic text, ids integer[], versions bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE relay_looks CONSTANT bigint := hashtext('evergreen_outbox');
BEGIN
  IF cardinality(ids) = 0 THEN RETURN; END IF;
  INSERT INTO outbox (topic, entity_ids, versions, correlation_id, created_at)
  SELECT write_outbox.topic, write_outbox.ids[lo:lo + 999], write_outbox.versions[lo:lo + 999],
         change_context('correlation_id'), clock_timestamp()
  FROM generate_series(1, cardinality(ids), 1000) AS lo;
  IF pg_try_advisory_lock_shared(relay_looks) THEN
    PERFORM pg_advisory_unlock_shared(relay_looks);
    PERFORM pg_notify('evergreen_outbox', '');
  END IF;
END $$;
