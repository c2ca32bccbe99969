-- The grid of the back office is sorted by name, active or not, and by the base price. Nothing has asked for active products by name
-- since the search is answered from memory, nor for what is shown by amount: an edit of a price writes as many entries as before.
DROP INDEX products_status_name_id_idx;
CREATE INDEX products_name_id_idx ON products (name, id);
DROP INDEX prices_amount_cents_idx;
CREATE INDEX prices_base_amount_cents_product_id_idx ON prices (base_amount_cents, product_id);

-- The newest edits of a catalog that was seeded and then left alone are behind all rows of the seed; those of one request are anywhere.
CREATE INDEX price_changes_edits_idx ON price_changes (id) WHERE source <> 'seed';
CREATE INDEX price_changes_correlation_id_idx ON price_changes (correlation_id) WHERE source <> 'seed';
