-- Products that are colours or sizes of one thing form a group. Each stays a row with its own price, stock, address and version.

CREATE TABLE product_groups (
  id serial PRIMARY KEY,
  name text NOT NULL CONSTRAINT product_groups_name_said CHECK (name <> ''),
  names jsonb NOT NULL DEFAULT '{}' CONSTRAINT product_groups_names_object CHECK (jsonb_typeof(names) = 'object'),
  version bigint NOT NULL DEFAULT 1
);

ALTER TABLE products
  ADD COLUMN group_id integer REFERENCES product_groups (id) ON UPDATE NO ACTION ON DELETE RESTRICT,
  ADD COLUMN size text CONSTRAINT products_size_said CHECK (size <> '');
CREATE INDEX products_group_id_idx ON products (group_id);

SELECT make_versioned('group', 'product_groups', '{name,names}');
SELECT make_versioned('product', 'products', '{slug,sku,name,description,names,descriptions,brand,colour,image,status,rank,group_id,size}',
  time_column => 'updated_at');

-- A page shows much of each product of a group beside the others. A list of 24 groups names two tags of each of their products, price and
-- stock; with ten products each that is 15 kB of Cache-Tag, and 16 kB is what CDNs and HTTP clients take.
-- In the order of all locks: products, groups, categories, the catalog. Without joins, which would be planned for one row and compare
-- each with each for thousands.
CREATE FUNCTION touch_groups(ids integer[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE too_large integer;
BEGIN
  PERFORM FROM product_groups WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
  UPDATE product_groups SET version = version + 1 WHERE id = ANY (ids);
  SELECT group_id INTO too_large FROM products WHERE group_id = ANY (ids) GROUP BY group_id HAVING count(*) > 10 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'group "%" would have more than 10 products', (SELECT name FROM product_groups WHERE id = too_large)
      USING ERRCODE = 'check_violation', HINT = 'Make a second group of the others.';
  END IF;
END $$;

CREATE FUNCTION touch_joined_groups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM touch_groups(ARRAY(SELECT DISTINCT group_id FROM new_rows WHERE group_id IS NOT NULL));
  RETURN NULL;
END $$;
CREATE TRIGGER touch_groups_insert AFTER INSERT ON products
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION touch_joined_groups();

-- Without a price a product is not shown. Planned without nested loops: see record_price_history.
CREATE FUNCTION touch_priced_groups() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
  PERFORM touch_groups(ARRAY(
    SELECT DISTINCT p.group_id FROM new_rows n JOIN products p ON p.id = n.product_id WHERE p.group_id IS NOT NULL));
  RETURN NULL;
END $$;
CREATE TRIGGER touch_groups_insert AFTER INSERT ON prices
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION touch_priced_groups();

-- The members of a group and their attributes: pages of one show the others by the version of the group alone.
CREATE FUNCTION touch_changed_groups() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed integer[] := ARRAY(
  SELECT group_id FROM (
    (SELECT id, version, group_id FROM new_rows EXCEPT SELECT id, version, group_id FROM old_rows) UNION ALL
    (SELECT id, version, group_id FROM old_rows EXCEPT SELECT id, version, group_id FROM new_rows)) AS either
  WHERE group_id IS NOT NULL GROUP BY group_id);
BEGIN
  IF changed <> '{}' THEN PERFORM touch_groups(changed); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER touch_groups_update AFTER UPDATE ON products
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION touch_changed_groups();

-- A change of a product's place in a list, or of whether it stands there for itself, changes the lists that it is a member of.
CREATE OR REPLACE FUNCTION touch_lists() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moved integer[] := ARRAY(
  SELECT id FROM (SELECT id, status, rank, group_id FROM new_rows EXCEPT SELECT id, status, rank, group_id FROM old_rows) AS moves);
BEGIN
  IF moved = '{}' THEN RETURN NULL; END IF;
  PERFORM touch_categories(ARRAY(SELECT DISTINCT category_id FROM product_categories WHERE product_id = ANY (moved)));
  RETURN NULL;
END $$;
