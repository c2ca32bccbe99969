-- The part of the caching kernel that lives in Postgres (17 or 18). Apply this file to the database of a project, then make each
-- table versioned whose rows pages show, with one call:
--
--   SELECT make_versioned('article', 'articles', '{title,body}');
--
-- From then on every writer counts, psql too: a change of a listed column raises the row's version by one and writes an outbox
-- row in the same transaction, and what would make a version start again is refused. A purge is a version that the writer
-- raises itself: UPDATE articles SET version = version + 1 WHERE id = 42.

-- ---- outbox: what was committed and is not in every layer yet; a row has at most 1,000 entities ----

CREATE TABLE IF NOT EXISTS outbox (
  id bigserial PRIMARY KEY,
  -- A resource kind, as it stands in cache tags.
  topic text NOT NULL CONSTRAINT outbox_topic_syntax CHECK (topic ~ '^[a-z][a-z0-9-]{0,39}$'),
  -- Not compressed: that took nine tenths of the time of writing a row of 1,000.
  entity_ids integer[] STORAGE EXTERNAL,
  versions bigint[] STORAGE EXTERNAL,
  correlation_id text,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  enqueued_at timestamptz(3),
  -- A relay takes it at once, or from here on.
  retry_at timestamptz(3),
  attempts integer NOT NULL DEFAULT 0,
  -- How often a page did not show its change: such a row is delivered alone.
  failures integer NOT NULL DEFAULT 0,
  last_error text,
  done_at timestamptz(3),
  -- The transaction that wrote it: rows become visible out of the order of their ids, but never below a snapshot's xmin.
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  -- When it was in the version index of the term that was current then.
  indexed_at timestamptz(3),
  CONSTRAINT outbox_bounded CHECK (cardinality(entity_ids) BETWEEN 1 AND 1000),
  CONSTRAINT outbox_pairs CHECK (cardinality(entity_ids) = cardinality(versions)),
  -- Beyond 2^53 - 1, JavaScript, Lua and JSON cannot tell a version from its neighbours.
  CONSTRAINT outbox_versions_exact CHECK (9007199254740991 >= ALL (versions))
);
CREATE INDEX IF NOT EXISTS outbox_pending_idx ON outbox (id) WHERE done_at IS NULL;
CREATE INDEX IF NOT EXISTS outbox_created_at_brin_idx ON outbox USING brin (created_at);
CREATE INDEX IF NOT EXISTS outbox_xid_idx ON outbox (xid);
CREATE INDEX IF NOT EXISTS outbox_unindexed_idx ON outbox (id) WHERE indexed_at IS NULL;

-- ---- index_term: one row, which says which Redis data set the version index is in ----

CREATE TABLE IF NOT EXISTS index_term (
  id integer PRIMARY KEY DEFAULT 1 CONSTRAINT index_term_one_row CHECK (id = 1),
  -- Grows with each Redis server or Postgres that the index begins anew with; 0 before the first.
  term bigint NOT NULL DEFAULT 0,
  -- Cached entries of another epoch are not current.
  epoch text NOT NULL DEFAULT '',
  -- Run id and replication id of the Redis server.
  server text NOT NULL DEFAULT '',
  -- database_identity() when the term began.
  source text NOT NULL DEFAULT '',
  -- Counts the refreshes of the index lease.
  renewals bigint NOT NULL DEFAULT 0,
  -- Why the term began.
  reason text NOT NULL DEFAULT '',
  began_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- The newest change that forget_outbox has deleted, as database_identity() and its transaction: what is older than that, such as
  -- a Redis from an old file, cannot be brought up to date from the outbox any more.
  forgotten text NOT NULL DEFAULT ''
);
INSERT INTO index_term DEFAULT VALUES ON CONFLICT DO NOTHING;

-- A standby that is promoted goes on with another timeline, and may lack commits. pg_control_checkpoint() would name the old one
-- until the next checkpoint.
CREATE OR REPLACE FUNCTION database_identity() RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws('/', c.system_identifier, left(pg_walfile_name(pg_current_wal_lsn()), 8), d.oid)
  FROM pg_control_system() c, pg_database d WHERE d.datname = current_database()
$$;

-- Raises versions to what they must not be below: for rows whose last versions were shown and are lost. Returns what was raised.
CREATE OR REPLACE FUNCTION raise_versions(tbl regclass, id_column name, version_column name, ids integer[], floors bigint[])
RETURNS TABLE (id integer, version bigint) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('evergreen.raise_versions', 'on', true);
  PERFORM set_config('evergreen.reason', 'Raised above versions that this database has lost', true);
  RETURN QUERY EXECUTE format(
    'UPDATE %1$s t SET %3$I = f.floor FROM unnest($1, $2) f (id, floor) WHERE t.%2$I = f.id AND t.%3$I < f.floor
     RETURNING t.%2$I, t.%3$I', tbl, id_column, version_column) USING ids, floors;
  PERFORM set_config('evergreen.raise_versions', '', true);
END $$;

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

-- Who, why and from where: a writer says it for its transaction with set_config('evergreen.correlation_id', …, true). One that
-- prepares a change and commits it later says when: with 'evergreen.effective_at' its versions and outbox rows carry that time. One
-- of many transactions that belong together may put off the jobs of its changes with 'evergreen.deliver_from', not the changes.
CREATE OR REPLACE FUNCTION change_context(field text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('evergreen.' || field, true), '') $$;

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

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is refused on %: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

-- ---- make_versioned: a second call replaces what the first installed ----
--
-- kind             how tags name a row: article:42
-- columns          what pages show; a change of any other column makes no page stale
-- id_column        a unique integer
-- version_column   a bigint; only the trigger writes it
-- time_column      a timestamptz: when the version was made; only the trigger writes it
-- touchable        whether a writer may raise the version itself, as a purge does
-- deliver_inserts  whether a new row goes to the outbox: for a kind whose absence pages show
--
-- The trigger functions are made for the table, so that no row pays for a look-up of columns by name. A renamed column
-- needs a new call.
CREATE OR REPLACE FUNCTION make_versioned(
  kind text, tbl regclass, columns text[], id_column name DEFAULT 'id', version_column name DEFAULT 'version',
  time_column name DEFAULT NULL, touchable boolean DEFAULT true, deliver_inserts boolean DEFAULT false
) RETURNS void LANGUAGE plpgsql AS $make$
DECLARE
  stamp_function name := 'stamp_version_of_' || replace(kind, '-', '_');
  outbox_function name := 'write_outbox_of_' || replace(kind, '-', '_');
  exact name;
  changed text[];
  time_of text := quote_ident(time_column);
  set_time text := 'NEW.' || time_of || ' := greatest(clock_timestamp(), change_context(''effective_at'')::timestamptz);';
  keep_time text := 'NEW.' || time_of || ' := OLD.' || time_of || ';';
  problem text;
BEGIN
  -- What is wrong with a call is said now, and not by the first write to the table.
  SELECT c.relname || '_version_exact', CASE
    WHEN kind IS NULL OR kind !~ '^[a-z][a-z0-9-]{0,39}$' THEN
      'a kind is up to 40 lower-case letters, digits and hyphens, the first a letter'
    WHEN c.relkind <> 'r' OR EXISTS (SELECT FROM pg_inherits i WHERE tbl IN (i.inhrelid, i.inhparent)) THEN
      'this is not an ordinary table'
    WHEN columns IS NULL OR array_position(columns, NULL) IS NOT NULL THEN 'columns must be a list of names'
    WHEN cardinality(columns) = 0 AND NOT touchable THEN 'without columns and not touchable, its versions would never grow'
  END INTO exact, problem FROM pg_class c WHERE c.oid = tbl;

  IF problem IS NULL THEN
    SELECT string_agg(found.wrong, '; ' ORDER BY found.wrong) INTO problem FROM (
      SELECT CASE
        WHEN a.attname IS NULL THEN format('there is no column %s', w.name)
        WHEN w.type IS NULL AND w.name IN (version_column, time_column) THEN
          format('column %s is stamped and cannot be listed', w.name)
        WHEN a.attgenerated <> '' THEN format('column %s is generated: list the columns that it is made from', w.name)
        WHEN a.atttypid <> w.type THEN
          format('column %s must be %s, not %s', w.name, format_type(w.type, NULL), format_type(a.atttypid, NULL))
        WHEN w.type <> 'timestamptz'::regtype AND NOT a.attnotnull THEN format('column %s must be NOT NULL', w.name)
        WHEN w.type = 'integer'::regtype AND NOT EXISTS (
          SELECT FROM pg_index i WHERE i.indrelid = tbl AND i.indisunique AND i.indisvalid AND i.indimmediate
            AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) THEN format('column %s must be unique', w.name)
      END AS wrong
      FROM (SELECT listed AS name, NULL::regtype AS type FROM unnest(columns) listed UNION ALL
            VALUES (id_column::text, 'integer'::regtype), (version_column, 'bigint'), (time_column, 'timestamptz')) w
      LEFT JOIN pg_attribute a ON a.attrelid = tbl AND a.attname = w.name AND a.attnum > 0 AND NOT a.attisdropped
      WHERE w.name IS NOT NULL) found;
  END IF;

  -- Two tables of one kind would share tags; what is cached under a former kind would never hear of a change again.
  IF problem IS NULL THEN
    SELECT CASE WHEN t.tgrelid <> tbl THEN format('the kind is that of %s', t.tgrelid::regclass)
      ELSE format('the table has another kind; DROP FUNCTION %s CASCADE ends that', t.tgfoid::regprocedure)
    END INTO problem
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgname = 'zz_stamp_version' AND (t.tgrelid = tbl) <> (p.proname = stamp_function) LIMIT 1;
  END IF;
  IF problem IS NOT NULL THEN
    RAISE EXCEPTION 'make_versioned(%, %): %', quote_nullable(kind), quote_nullable(tbl::text), problem
      USING ERRCODE = 'invalid_parameter_value';
  END IF;

  -- Beyond 2^53 - 1, JavaScript, Lua and JSON cannot tell a version from its neighbours.
  IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = tbl AND conname = exact) THEN
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (%I BETWEEN 1 AND 9007199254740991)', tbl, exact, version_column);
  END IF;

  -- What is not a plain number is compared by its bytes: a page that shows 1.5 or chair is stale when the row has 1.50 or
  -- Chair, where a numeric or a citext says that they are equal. json has no equality at all.
  SELECT array_agg(format(
      CASE WHEN attbyval THEN 'NEW.%1$I IS DISTINCT FROM OLD.%1$I' ELSE 'ROW(NEW.%1$I)::record *<> ROW(OLD.%1$I)::record' END,
      attname) ORDER BY attbyval DESC, attnum)
    INTO changed FROM pg_attribute WHERE attrelid = tbl AND attname = ANY (columns);
  IF touchable THEN changed := changed || format('NEW.%1$I > OLD.%1$I', version_column); END IF;

  EXECUTE format($sql$
    CREATE OR REPLACE FUNCTION %1$I() RETURNS trigger LANGUAGE plpgsql AS $stamp$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        NEW.%3$I := 1;
        %4$s
      ELSIF NEW.%2$I <> OLD.%2$I THEN
        RAISE EXCEPTION 'UPDATE of %% is refused on %%: tags are spelled with it', %2$L, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
      ELSIF change_context('raise_versions') = 'on' THEN
        NEW.%3$I := greatest(NEW.%3$I, OLD.%3$I + 1);
        %4$s
      ELSIF %6$s THEN
        NEW.%3$I := OLD.%3$I + 1;
        %4$s
      ELSE
        NEW.%3$I := OLD.%3$I;
        %5$s
      END IF;
      RETURN NEW;
    END $stamp$
  $sql$, stamp_function, id_column, version_column, set_time, keep_time, array_to_string(changed, ' OR '));

  -- EXCEPT, because Postgres keeps the plan of a session's first statement: a join that was planned for one row takes
  -- seconds for 5,000.
  EXECUTE format($sql$
    CREATE OR REPLACE FUNCTION %1$I() RETURNS trigger LANGUAGE plpgsql AS $outbox$
    DECLARE ids integer[]; versions bigint[];
    BEGIN
      IF TG_OP = 'INSERT' THEN
        SELECT array_agg(n.%2$I ORDER BY n.%2$I), array_agg(n.%3$I ORDER BY n.%2$I) INTO ids, versions FROM new_rows n;
      ELSE
        SELECT array_agg(newer.id ORDER BY newer.id), array_agg(newer.version ORDER BY newer.id) INTO ids, versions
        FROM (SELECT n.%2$I, n.%3$I FROM new_rows n EXCEPT SELECT o.%2$I, o.%3$I FROM old_rows o) newer (id, version);
      END IF;
      IF ids IS NOT NULL THEN PERFORM write_outbox(%4$L, ids, versions); END IF;
      RETURN NULL;
    END $outbox$
  $sql$, outbox_function, id_column, version_column, kind);

  -- Postgres fires triggers in the order of their names. The stamp is the last, to see the row as other triggers leave it;
  -- the outbox is the first, so that a change stands in it before those that other triggers make of it.
  EXECUTE format($sql$
    CREATE OR REPLACE TRIGGER zz_stamp_version BEFORE INSERT OR UPDATE ON %1$s FOR EACH ROW EXECUTE FUNCTION %2$I();
    CREATE OR REPLACE TRIGGER aa_write_outbox AFTER UPDATE ON %1$s
      REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %3$I();
    CREATE OR REPLACE TRIGGER aa_keep_rows BEFORE DELETE OR TRUNCATE ON %1$s FOR EACH STATEMENT
      EXECUTE FUNCTION refuse_change('its version would start again and make an old page look fresh');
  $sql$, tbl, stamp_function, outbox_function);
  IF deliver_inserts THEN
    EXECUTE format('CREATE OR REPLACE TRIGGER aa_write_outbox_of_new AFTER INSERT ON %s
      REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %I()', tbl, outbox_function);
  ELSIF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = tbl AND tgname = 'aa_write_outbox_of_new') THEN
    EXECUTE format('DROP TRIGGER aa_write_outbox_of_new ON %s', tbl);
  END IF;
END $make$;
