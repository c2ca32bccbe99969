-- The promise on the side of Postgres: checks, stamping, history and the outbox.
-- All of it runs in the transaction of the change itself, also of a change past the application.

-- ---- checks ----

ALTER TABLE prices
  ADD CONSTRAINT prices_amount_positive CHECK (amount_cents > 0 AND amount_cents <= 99999999),
  ADD CONSTRAINT prices_compare_at_above CHECK (compare_at_cents IS NULL
    OR (compare_at_cents > amount_cents AND compare_at_cents <= 99999999)),
  ADD CONSTRAINT prices_currency_code CHECK (currency ~ '^[A-Z]{3}$');
ALTER TABLE catalog_state ADD CONSTRAINT catalog_state_one_row CHECK (id = 1);
ALTER TABLE outbox
  ADD CONSTRAINT outbox_bounded CHECK (cardinality(entity_ids) BETWEEN 1 AND 1000),
  ADD CONSTRAINT outbox_pairs CHECK (cardinality(entity_ids) = cardinality(versions));
INSERT INTO catalog_state (id) VALUES (1);

-- ---- who, why and from where: set by the writer for its transaction; a write past the application has none ----

CREATE FUNCTION change_context(field text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('evergreen.' || field, true), '') $$;

-- ---- outbox: rows of at most 1,000 entities; NOTIFY only wakes the relay ----

CREATE FUNCTION write_outbox(topic outbox_topic, ids integer[], versions bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(ids) = 0 THEN RETURN; END IF;
  INSERT INTO outbox (topic, entity_ids, versions, correlation_id, created_at)
  SELECT write_outbox.topic, write_outbox.ids[lo:lo + 999], write_outbox.versions[lo:lo + 999],
         change_context('correlation_id'), clock_timestamp()
  FROM generate_series(1, cardinality(ids), 1000) AS lo;
  PERFORM pg_notify('evergreen_outbox', '');
END $$;

-- ---- prices ----

CREATE FUNCTION stamp_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.version := 1;
    NEW.version_updated_at := clock_timestamp();
  ELSIF NEW.product_id <> OLD.product_id THEN
    RAISE EXCEPTION 'a price cannot move to another product' USING ERRCODE = 'restrict_violation';
  ELSIF (NEW.amount_cents, NEW.compare_at_cents, NEW.currency)
        IS DISTINCT FROM (OLD.amount_cents, OLD.compare_at_cents, OLD.currency) THEN
    NEW.version := OLD.version + 1;
    NEW.version_updated_at := clock_timestamp();
  ELSE
    NEW.version := OLD.version;
    NEW.version_updated_at := OLD.version_updated_at;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER prices_stamp BEFORE INSERT OR UPDATE ON prices FOR EACH ROW EXECUTE FUNCTION stamp_price();

CREATE FUNCTION record_price_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids integer[]; vs bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(n.product_id ORDER BY n.product_id), array_agg(n.version ORDER BY n.product_id)
      INTO ids, vs FROM new_rows n;
  ELSE
    SELECT array_agg(n.product_id ORDER BY n.product_id), array_agg(n.version ORDER BY n.product_id)
      INTO ids, vs FROM new_rows n JOIN old_rows o USING (product_id) WHERE n.version > o.version;
  END IF;
  IF ids IS NULL THEN RETURN NULL; END IF;

  IF TG_OP = 'INSERT' THEN
    INSERT INTO price_changes (product_id, version, new_amount_cents, new_compare_at_cents, currency,
                               source, actor, reason, bulk_edit_id, correlation_id, changed_at)
    SELECT n.product_id, n.version, n.amount_cents, n.compare_at_cents, n.currency,
           COALESCE(change_context('source'), 'sql'), COALESCE(change_context('actor'), session_user::text),
           change_context('reason'), change_context('bulk_edit_id')::uuid, change_context('correlation_id'),
           n.version_updated_at
    FROM new_rows n;
  ELSE
    INSERT INTO price_changes (product_id, version, old_amount_cents, new_amount_cents, old_compare_at_cents,
                               new_compare_at_cents, currency, source, actor, reason, bulk_edit_id,
                               correlation_id, changed_at)
    SELECT n.product_id, n.version, o.amount_cents, n.amount_cents, o.compare_at_cents, n.compare_at_cents,
           n.currency, COALESCE(change_context('source'), 'sql'),
           COALESCE(change_context('actor'), session_user::text), change_context('reason'),
           change_context('bulk_edit_id')::uuid, change_context('correlation_id'), n.version_updated_at
    FROM new_rows n JOIN old_rows o USING (product_id) WHERE n.version > o.version;
  END IF;
  PERFORM write_outbox('price', ids, vs);
  RETURN NULL;
END $$;
CREATE TRIGGER prices_record_insert AFTER INSERT ON prices
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_price_change();
CREATE TRIGGER prices_record_update AFTER UPDATE ON prices
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_price_change();

-- ---- products ----

CREATE FUNCTION stamp_product() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.version := 1;
  ELSIF (NEW.slug, NEW.sku, NEW.name, NEW.description, NEW.brand, NEW.image, NEW.status, NEW.rank)
        IS DISTINCT FROM (OLD.slug, OLD.sku, OLD.name, OLD.description, OLD.brand, OLD.image, OLD.status, OLD.rank)
        OR NEW.version > OLD.version THEN
    -- A version that the writer raised itself counts as a change: that is how a purge works.
    NEW.version := OLD.version + 1;
    NEW.updated_at := clock_timestamp();
  ELSE
    NEW.version := OLD.version;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER products_stamp BEFORE INSERT OR UPDATE ON products FOR EACH ROW EXECUTE FUNCTION stamp_product();

CREATE FUNCTION record_product_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids integer[]; vs bigint[];
BEGIN
  SELECT array_agg(n.id ORDER BY n.id), array_agg(n.version ORDER BY n.id)
    INTO ids, vs FROM new_rows n JOIN old_rows o USING (id) WHERE n.version > o.version;
  IF ids IS NULL THEN RETURN NULL; END IF;
  PERFORM write_outbox('product', ids, vs);
  -- What decides where a product stands in a list changes the lists that it is a member of.
  UPDATE categories SET version = version + 1 WHERE id IN (
    SELECT pc.category_id FROM new_rows n JOIN old_rows o USING (id) JOIN product_categories pc ON pc.product_id = n.id
    WHERE (n.status, n.rank) IS DISTINCT FROM (o.status, o.rank));
  RETURN NULL;
END $$;
CREATE TRIGGER products_record_update AFTER UPDATE ON products
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_product_change();

-- The products shown as related belong to the product's own page.
CREATE FUNCTION record_related_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE products SET version = version + 1 WHERE id IN (SELECT product_id FROM changed_rows);
  RETURN NULL;
END $$;
CREATE TRIGGER related_products_record_insert AFTER INSERT ON related_products
  REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION record_related_change();
CREATE TRIGGER related_products_record_update AFTER UPDATE ON related_products
  REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION record_related_change();
CREATE TRIGGER related_products_record_delete AFTER DELETE ON related_products
  REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION record_related_change();

-- ---- categories ----

CREATE FUNCTION stamp_category() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.version := 1;
  ELSIF (NEW.slug, NEW.kind, NEW.names, NEW.parent_id, NEW.position)
        IS DISTINCT FROM (OLD.slug, OLD.kind, OLD.names, OLD.parent_id, OLD.position)
        OR NEW.version > OLD.version THEN
    NEW.version := OLD.version + 1;
  ELSE
    NEW.version := OLD.version;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER categories_stamp BEFORE INSERT OR UPDATE ON categories FOR EACH ROW EXECUTE FUNCTION stamp_category();

CREATE FUNCTION record_category_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids integer[]; vs bigint[]; tree_changed boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    -- Nothing can have cached a category that did not exist, but every page shows the tree.
    UPDATE catalog_state SET version = version + 1;
    RETURN NULL;
  END IF;
  SELECT array_agg(n.id ORDER BY n.id), array_agg(n.version ORDER BY n.id),
         bool_or((n.slug, n.kind, n.names, n.parent_id, n.position)
                 IS DISTINCT FROM (o.slug, o.kind, o.names, o.parent_id, o.position))
    INTO ids, vs, tree_changed FROM new_rows n JOIN old_rows o USING (id) WHERE n.version > o.version;
  IF ids IS NULL THEN RETURN NULL; END IF;
  PERFORM write_outbox('category', ids, vs);
  IF tree_changed THEN UPDATE catalog_state SET version = version + 1; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER categories_record_insert AFTER INSERT ON categories
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_category_change();
CREATE TRIGGER categories_record_update AFTER UPDATE ON categories
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_category_change();

CREATE FUNCTION record_members_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE categories SET version = version + 1 WHERE id IN (SELECT category_id FROM changed_rows);
  -- The product's page shows where it belongs.
  UPDATE products SET version = version + 1 WHERE id IN (SELECT product_id FROM changed_rows);
  RETURN NULL;
END $$;
CREATE TRIGGER product_categories_record_insert AFTER INSERT ON product_categories
  REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION record_members_change();
CREATE TRIGGER product_categories_record_delete AFTER DELETE ON product_categories
  REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION record_members_change();

-- ---- the catalog as a whole ----

CREATE FUNCTION stamp_catalog() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := CASE WHEN NEW.version > OLD.version THEN OLD.version + 1 ELSE OLD.version END;
  RETURN NEW;
END $$;
CREATE TRIGGER catalog_state_stamp BEFORE UPDATE ON catalog_state FOR EACH ROW EXECUTE FUNCTION stamp_catalog();

CREATE FUNCTION record_catalog_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version > OLD.version THEN
    PERFORM write_outbox('catalog', ARRAY[NEW.id], ARRAY[NEW.version]);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER catalog_state_record AFTER UPDATE ON catalog_state FOR EACH ROW EXECUTE FUNCTION record_catalog_change();

-- ---- what must never happen ----

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is refused on %: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
-- A version that starts again at 1 would make an old page look fresh.
CREATE TRIGGER prices_keep BEFORE DELETE OR TRUNCATE ON prices FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_change('a price is never deleted, a product is discontinued instead');
CREATE TRIGGER categories_keep BEFORE DELETE OR TRUNCATE ON categories FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_change('its version would start again');
CREATE TRIGGER products_keep BEFORE DELETE OR TRUNCATE ON products FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_change('a product is discontinued instead');
CREATE TRIGGER catalog_state_keep BEFORE DELETE OR TRUNCATE ON catalog_state FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_change('every page depends on its version');
CREATE TRIGGER price_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON price_changes FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_change('history is append-only');

-- The consumer's own record never moves backwards, by no writer.
CREATE FUNCTION keep_index_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version < OLD.version THEN
    NEW.version := OLD.version;
    NEW.version_updated_at := OLD.version_updated_at;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER price_index_forward BEFORE UPDATE ON price_index FOR EACH ROW EXECUTE FUNCTION keep_index_forward();
