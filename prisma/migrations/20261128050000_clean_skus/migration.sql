-- A file names products by their SKU. With "AB-344" and "AB-344 " in one catalog, a reader that cuts blanks gives one the
-- price of the other. So no SKU begins or ends with white space (of any script) or a character that leaves no mark.
--
-- Rows that do are mended first. The edges are cut where that names nothing else. Where another product has the SKU that
-- is left, or gets the same one now, or nothing is left, the id of the product is put behind it: "AB-344 " of product 57
-- becomes "AB-344-57". So no product gets a SKU by which another one may have been meant. Each mended product gets a
-- version and an outbox row by the triggers, as any change of it does.

-- White space, control and format characters, and what Unicode says to leave out where it is not supported. The same set
-- as in lib/pricing/skus/sku.ts; a test compares the two character by character.
CREATE OR REPLACE FUNCTION sku_without_edges(sku text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(sku, '^[\u0001-\u0020\u007F-\u00A0\u00AD\u034F\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891\u08E2\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\U000110BD\U000110CD\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]+|[\u0001-\u0020\u007F-\u00A0\u00AD\u034F\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891\u08E2\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\U000110BD\U000110CD\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]+$', '', 'g')
$$;

DO $$
DECLARE
  dirty record;
  mended text;
BEGIN
  LOCK TABLE products IN SHARE ROW EXCLUSIVE MODE;
  FOR dirty IN
    WITH all_dirty AS (SELECT id, sku_without_edges(sku) AS clean FROM products WHERE sku = '' OR sku <> sku_without_edges(sku))
    SELECT d.id, d.clean, d.clean = '' OR count(*) OVER (PARTITION BY d.clean) > 1 OR EXISTS (SELECT FROM products p WHERE p.sku = d.clean) AS taken
    FROM all_dirty d ORDER BY d.id
  LOOP
    mended := dirty.clean;
    IF dirty.taken THEN
      mended := COALESCE(NULLIF(dirty.clean, ''), 'SKU') || '-' || dirty.id;
      WHILE EXISTS (SELECT FROM products p WHERE p.sku = mended) LOOP
        mended := mended || '-' || dirty.id;
      END LOOP;
    END IF;
    UPDATE products SET sku = mended WHERE id = dirty.id;
    RAISE NOTICE 'product % has the SKU "%" now', dirty.id, mended;
  END LOOP;
  ALTER TABLE products ADD CONSTRAINT products_sku_clean CHECK (sku <> '' AND sku = sku_without_edges(sku));
END $$;
