-- A search in the order of names reads the first page of an index, and does not sort the catalog.
CREATE INDEX products_status_name_id_idx ON products (status, name, id);
