-- The search index says which of many products a grid shows, and Postgres walks the index of its sort. With all that is asked for in the
-- index, it reads no row of an entry that it passes: a product has 2 KB, and 100,000 prices with a cost took 39 ms.
CREATE INDEX products_sku_id_idx ON products (sku, id);
DROP INDEX prices_margin_idx;
CREATE INDEX prices_margin_idx ON prices (((base_amount_cents - cost_cents)::float8 / base_amount_cents), product_id)
  INCLUDE (base_amount_cents, cost_cents) WHERE cost_cents IS NOT NULL;
