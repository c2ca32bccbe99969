-- The search finds an item number by its beginning, too: `text_pattern_ops` serves LIKE as well as equality.
DROP INDEX products_sku_lower;
CREATE INDEX products_sku_lower ON products (lower(sku) text_pattern_ops);

-- Words are looked up in the index in memory: docs/decisions/search.md.
DROP INDEX products_search_idx;
