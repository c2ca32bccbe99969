-- A transaction of many that belong together puts off the jobs of its changes: a chunk of a bulk edit, until the edit has ended. The
-- index has the changes as soon as ever. The text is that of lib/coherence/sql/versioned.sql.

-- NOTIFY carries nothing and only wakes the relay, at the commit. Commits with a NOTIFY wait for each other, so none is sent while
-- a relay looks by itself: it holds this lock then. The probe lets go of it at once.
--
-- A loop, so that the plan of the INSERT does not depend on how many rows there are: Postgres would make that anew for each edit, which
-- took a third of all that the triggers of a price take.
CREATE OR REPLACE FUNCTION write_outbox(topic text, ids integer[], versions bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE relay_looks CONSTANT bigint := hashtext('evergreen_outbox');
BEGIN
  IF COALESCE(cardinality(ids), 0) = 0 THEN RETURN; END IF;
  FOR lo IN 1..cardinality(ids) BY 1000 LOOP
    INSERT INTO outbox (topic, entity_ids, versions, correlation_id, created_at, retry_at)
    VALUES (write_outbox.topic, write_outbox.ids[lo:lo + 999], write_outbox.versions[lo:lo + 999],
            change_context('correlation_id'), greatest(clock_timestamp(), change_context('effective_at')::timestamptz),
            change_context('deliver_from')::timestamptz);
  END LOOP;
  IF pg_try_advisory_lock_shared(relay_looks) THEN
    PERFORM pg_advisory_unlock_shared(relay_looks);
    PERFORM pg_notify('evergreen_outbox', '');
  END IF;
END $$;
