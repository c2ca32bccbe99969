-- The editor finds the products that a bulk edit left in conflict or refused.
CREATE INDEX bulk_edit_rows_left ON bulk_edit_rows (product_id) WHERE state IN ('conflict', 'refused');
