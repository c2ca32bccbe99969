-- The grid of the back office is sorted by SKU, and of many products the search index says which are asked for: with the id beside the SKU
-- Postgres walks the index alone. Without it, it read a product of 2 KB for each entry that it passed.
CREATE INDEX products_sku_id_idx ON products (sku, id);
