-- A slug stands in addresses as it is. One that has to be percent-encoded there would be another spelling of every page
-- that it names, and the fast path of the server answers only addresses that have one spelling.
ALTER TABLE products ADD CONSTRAINT products_slug_plain CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
ALTER TABLE categories ADD CONSTRAINT categories_slug_plain CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
