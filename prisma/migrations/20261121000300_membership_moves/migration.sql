-- Closes what the triggers left open on links between rows, and makes every transaction take its locks in one order:
-- products, then categories, then the catalog, each by id. Two edits that touch the same lists wait for each other
-- and never deadlock.

CREATE FUNCTION touch_products(ids integer[]) RETURNS void LANGUAGE sql AS $$
  UPDATE products SET version = version + 1 WHERE id IN
    (SELECT id FROM products WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE)
$$;

CREATE FUNCTION touch_categories(ids integer[]) RETURNS void LANGUAGE sql AS $$
  UPDATE categories SET version = version + 1 WHERE id IN
    (SELECT id FROM categories WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE)
$$;

CREATE OR REPLACE FUNCTION record_product_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids integer[]; vs bigint[];
BEGIN
  SELECT array_agg(n.id ORDER BY n.id), array_agg(n.version ORDER BY n.id)
    INTO ids, vs FROM new_rows n JOIN old_rows o USING (id) WHERE n.version > o.version;
  IF ids IS NULL THEN RETURN NULL; END IF;
  PERFORM write_outbox('product', ids, vs);
  -- What decides where a product stands in a list changes the lists that it is a member of.
  PERFORM touch_categories(ARRAY(
    SELECT DISTINCT pc.category_id FROM new_rows n JOIN old_rows o USING (id) JOIN product_categories pc ON pc.product_id = n.id
    WHERE (n.status, n.rank) IS DISTINCT FROM (o.status, o.rank)));
  RETURN NULL;
END $$;

-- ---- links: a link that moves changes what it leaves and what it joins ----

DROP TRIGGER related_products_record_insert ON related_products;
DROP TRIGGER related_products_record_update ON related_products;
DROP TRIGGER related_products_record_delete ON related_products;
CREATE OR REPLACE FUNCTION record_related_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids integer[] := '{}';
BEGIN
  IF TG_OP <> 'INSERT' THEN ids := ids || ARRAY(SELECT DISTINCT product_id FROM old_rows); END IF;
  IF TG_OP <> 'DELETE' THEN ids := ids || ARRAY(SELECT DISTINCT product_id FROM new_rows); END IF;
  PERFORM touch_products(ids);
  RETURN NULL;
END $$;
CREATE TRIGGER related_products_record_insert AFTER INSERT ON related_products
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_related_change();
CREATE TRIGGER related_products_record_update AFTER UPDATE ON related_products
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_related_change();
CREATE TRIGGER related_products_record_delete AFTER DELETE ON related_products
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION record_related_change();

DROP TRIGGER product_categories_record_insert ON product_categories;
DROP TRIGGER product_categories_record_delete ON product_categories;
CREATE OR REPLACE FUNCTION record_members_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE products_changed integer[] := '{}'; categories_changed integer[] := '{}';
BEGIN
  IF TG_OP <> 'INSERT' THEN
    products_changed := products_changed || ARRAY(SELECT DISTINCT product_id FROM old_rows);
    categories_changed := categories_changed || ARRAY(SELECT DISTINCT category_id FROM old_rows);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    products_changed := products_changed || ARRAY(SELECT DISTINCT product_id FROM new_rows);
    categories_changed := categories_changed || ARRAY(SELECT DISTINCT category_id FROM new_rows);
  END IF;
  -- The product's page shows where it belongs.
  PERFORM touch_products(products_changed);
  PERFORM touch_categories(categories_changed);
  RETURN NULL;
END $$;
CREATE TRIGGER product_categories_record_insert AFTER INSERT ON product_categories
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_members_change();
CREATE TRIGGER product_categories_record_update AFTER UPDATE ON product_categories
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_members_change();
CREATE TRIGGER product_categories_record_delete AFTER DELETE ON product_categories
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION record_members_change();

-- ---- what no trigger on rows would see ----

CREATE TRIGGER related_products_keep BEFORE TRUNCATE ON related_products FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_change('delete the rows, so that versions grow');
CREATE TRIGGER product_categories_keep BEFORE TRUNCATE ON product_categories FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_change('delete the rows, so that versions grow');
-- A tag is spelled with the id: with a new id, what is cached under the old one would never hear of a change again.
CREATE TRIGGER products_keep_id BEFORE UPDATE ON products FOR EACH ROW
  WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION refuse_change('its tag is spelled with its id');
CREATE TRIGGER categories_keep_id BEFORE UPDATE ON categories FOR EACH ROW
  WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION refuse_change('its tag is spelled with its id');
