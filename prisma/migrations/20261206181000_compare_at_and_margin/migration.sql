-- The grid of the back office is sorted by the compare-at price or by the margin, those that have none last. Without an index Postgres
-- read and sorted all prices for a page of a hundred. A price without the value costs nothing here.
CREATE INDEX prices_compare_at_idx ON prices (compare_at_cents, product_id) WHERE compare_at_cents IS NOT NULL;
CREATE INDEX prices_margin_idx ON prices (((base_amount_cents - cost_cents)::float8 / base_amount_cents), product_id)
  WHERE cost_cents IS NOT NULL;
