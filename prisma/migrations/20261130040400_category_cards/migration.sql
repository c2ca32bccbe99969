-- The list of a category, in its order: one row a card. Read from products and their categories, a page far into a list of 160,000
-- sorts all of them, and so does their number. From this index a page takes what it skips. Without foreign keys: their locks on
-- memberships would be taken after those on products, and a membership that is deleted is locked before its product.
CREATE TABLE category_cards (
  category_id integer NOT NULL,
  rank integer NOT NULL,
  product_id integer NOT NULL,
  CONSTRAINT category_cards_pkey PRIMARY KEY (category_id, rank, product_id)
);
CREATE INDEX category_cards_product_id_idx ON category_cards (product_id);

-- Products that are sold, and of a group the first one. Two transactions that change the same card wait for each other before they come here:
-- each has locked the product, and where that is in a group, the group. Planned without nested loops: see record_price_history.
CREATE FUNCTION list_cards(changed integer[], former_groups integer[]) RETURNS void LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
  groups integer[] := former_groups || ARRAY(SELECT DISTINCT group_id FROM products WHERE id = ANY (changed) AND group_id IS NOT NULL);
  affected integer[] := ARRAY(SELECT unnest(changed) UNION SELECT id FROM products WHERE group_id = ANY (groups));
BEGIN
  DELETE FROM category_cards WHERE product_id = ANY (affected);
  INSERT INTO category_cards (category_id, rank, product_id)
  SELECT DISTINCT ON (pc.category_id, p.group_id, CASE WHEN p.group_id IS NULL THEN p.id END) pc.category_id, p.rank, p.id
  FROM products p JOIN product_categories pc ON pc.product_id = p.id
  WHERE p.id = ANY (affected) AND pc.product_id = ANY (affected) AND p.status = 'active'
  ORDER BY pc.category_id, p.group_id, CASE WHEN p.group_id IS NULL THEN p.id END, p.rank, p.id;
END $$;

CREATE OR REPLACE FUNCTION touch_lists() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moved integer[] := ARRAY(
  SELECT id FROM (SELECT id, status, rank, group_id FROM new_rows EXCEPT SELECT id, status, rank, group_id FROM old_rows) AS moves);
BEGIN
  IF moved = '{}' THEN RETURN NULL; END IF;
  PERFORM touch_categories(ARRAY(SELECT DISTINCT category_id FROM product_categories WHERE product_id = ANY (moved)));
  PERFORM list_cards(moved, ARRAY(SELECT DISTINCT group_id FROM old_rows WHERE id = ANY (moved) AND group_id IS NOT NULL));
  RETURN NULL;
END $$;

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
  PERFORM list_cards(products_changed, '{}');
  RETURN NULL;
END $$;

INSERT INTO category_cards (category_id, rank, product_id)
SELECT DISTINCT ON (pc.category_id, p.group_id, CASE WHEN p.group_id IS NULL THEN p.id END) pc.category_id, p.rank, p.id
FROM products p JOIN product_categories pc ON pc.product_id = p.id
WHERE p.status = 'active'
ORDER BY pc.category_id, p.group_id, CASE WHEN p.group_id IS NULL THEN p.id END, p.rank, p.id;

-- The contents of a list change with the category, too: the sitemap says when.
ALTER TABLE categories ADD COLUMN updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
SELECT make_versioned('category', 'categories', '{slug,kind,names,parent_id,position}', time_column => 'updated_at');
