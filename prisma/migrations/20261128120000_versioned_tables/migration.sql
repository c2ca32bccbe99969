-- Prices, products, categories and the catalog get their versions and outbox rows from one function, which any other table can
-- have too: make_versioned. Its text, and that of the functions beside it, is the one of lib/coherence/sql/versioned.sql; a test
-- compares the two. What is left here beside it is the shop's own: the history of prices, and what one change means for others.

-- In the order in which writers take their locks, so that none of them and this migration wait for each other.
LOCK TABLE related_products, product_categories, products, prices, categories, catalog_state, outbox IN ACCESS EXCLUSIVE MODE;

DROP FUNCTION stamp_price, record_price_change, stamp_product, record_product_change, stamp_category, record_category_change,
  stamp_catalog, record_catalog_change CASCADE;
DROP TRIGGER prices_keep ON prices;
DROP TRIGGER products_keep ON products;
DROP TRIGGER products_keep_id ON products;
DROP TRIGGER categories_keep ON categories;
DROP TRIGGER categories_keep_id ON categories;
DROP TRIGGER catalog_state_keep ON catalog_state;

-- ---- outbox: any kind of row ----

DROP FUNCTION write_outbox(outbox_topic, integer[], bigint[]);
ALTER TABLE outbox
  ALTER COLUMN topic TYPE text,
  ADD CONSTRAINT outbox_topic_syntax CHECK (topic ~ '^[a-z][a-z0-9-]{0,39}$'),
  -- Not compressed: that took nine tenths of the time of writing a row of 1,000.
  ALTER COLUMN entity_ids SET STORAGE EXTERNAL,
  ALTER COLUMN versions SET STORAGE EXTERNAL;
DROP TYPE outbox_topic;

-- A writer names actor, reason and source for its transaction with set_config('evergreen.correlation_id', …, true).
CREATE OR REPLACE FUNCTION change_context(field text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('evergreen.' || field, true), '') $$;

-- NOTIFY carries nothing and only wakes the relay, at the commit.
CREATE OR REPLACE FUNCTION write_outbox(topic text, ids integer[], versions bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(ids) = 0 THEN RETURN; END IF;
  INSERT INTO outbox (topic, entity_ids, versions, correlation_id, created_at)
  SELECT write_outbox.topic, write_outbox.ids[lo:lo + 999], write_outbox.versions[lo:lo + 999],
         change_context('correlation_id'), clock_timestamp()
  FROM generate_series(1, cardinality(ids), 1000) AS lo;
  PERFORM pg_notify('evergreen_outbox', '');
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
  set_time text := 'NEW.' || time_of || ' := clock_timestamp();';
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

-- ---- the kinds of the shop ----

SELECT make_versioned('price', 'prices', '{amount_cents,compare_at_cents,currency}',
  id_column => 'product_id', time_column => 'version_updated_at', touchable => false, deliver_inserts => true);
SELECT make_versioned('product', 'products', '{slug,sku,name,description,brand,image,status,rank}', time_column => 'updated_at');
SELECT make_versioned('category', 'categories', '{slug,kind,names,parent_id,position}');
SELECT make_versioned('catalog', 'catalog_state', '{}');

-- ---- what is the shop's own ----

-- Planned without nested loops: Postgres keeps the plan of a session's first statement, and a loop that was planned for one
-- row takes seconds for 5,000.
CREATE FUNCTION record_price_history() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
  its_source text := COALESCE(change_context('source'), 'sql');
  its_actor text := COALESCE(change_context('actor'), session_user::text);
  its_reason text := change_context('reason');
  its_edit uuid := change_context('bulk_edit_id')::uuid;
  its_correlation text := change_context('correlation_id');
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO price_changes (product_id, version, new_amount_cents, new_compare_at_cents, currency,
                               source, actor, reason, bulk_edit_id, correlation_id, changed_at)
    SELECT n.product_id, n.version, n.amount_cents, n.compare_at_cents, n.currency,
           its_source, its_actor, its_reason, its_edit, its_correlation, n.version_updated_at
    FROM new_rows n ORDER BY n.product_id;
  ELSE
    INSERT INTO price_changes (product_id, version, old_amount_cents, new_amount_cents, old_compare_at_cents,
                               new_compare_at_cents, currency, source, actor, reason, bulk_edit_id,
                               correlation_id, changed_at)
    SELECT n.product_id, n.version, o.amount_cents, n.amount_cents, o.compare_at_cents, n.compare_at_cents,
           n.currency, its_source, its_actor, its_reason, its_edit, its_correlation, n.version_updated_at
    FROM new_rows n JOIN old_rows o USING (product_id) WHERE n.version > o.version ORDER BY n.product_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER record_history_insert AFTER INSERT ON prices
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_price_history();
CREATE TRIGGER record_history_update AFTER UPDATE ON prices
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_price_history();

-- A change of a product's place in a list changes the lists that it is a member of.
CREATE FUNCTION touch_lists() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moved integer[] := ARRAY(
  SELECT id FROM (SELECT id, status, rank FROM new_rows EXCEPT SELECT id, status, rank FROM old_rows) AS moves);
BEGIN
  IF moved = '{}' THEN RETURN NULL; END IF;
  PERFORM touch_categories(ARRAY(SELECT DISTINCT category_id FROM product_categories WHERE product_id = ANY (moved)));
  RETURN NULL;
END $$;
CREATE TRIGGER touch_lists AFTER UPDATE ON products
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION touch_lists();

-- Nothing can have cached a category that did not exist, but every page shows the tree. An INSERT ... SELECT that finds
-- nothing to insert fires a statement trigger too.
CREATE FUNCTION touch_catalog() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE catalog_state SET version = version + 1 WHERE EXISTS (SELECT FROM new_rows);
  ELSE
    UPDATE catalog_state SET version = version + 1 WHERE EXISTS (
      SELECT id, slug, kind, names, parent_id, position FROM new_rows EXCEPT
      SELECT id, slug, kind, names, parent_id, position FROM old_rows);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER touch_catalog_insert AFTER INSERT ON categories
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION touch_catalog();
CREATE TRIGGER touch_catalog_update AFTER UPDATE ON categories
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION touch_catalog();
