-- The grid of the back office is sorted by the last change or by the brand, and then by id. Without the id in the index, Postgres read and
-- sorted all prices of one moment, such as those of a sale, and all products of a brand, for a page of a hundred.
CREATE INDEX prices_version_updated_at_product_id_idx ON prices (version_updated_at, product_id);
DROP INDEX prices_version_updated_at_idx;
CREATE INDEX products_brand_id_idx ON products (brand, id);
DROP INDEX products_brand_idx;
