-- Words of the shop's search, found by their beginnings. 'simple' neither stems nor drops words: names of products
-- are names in every language. The query in lib/catalog/search/search.ts spells the same expression.
CREATE INDEX products_search_idx ON products
  USING gin (to_tsvector('simple', name || ' ' || brand || ' ' || translate(sku, '-', ' ')));
