-- A row of an edit that is marked as applied touches no index: 20261121124500_history_costs_less left room beside each row for that.
-- The state decided whether a row was in bulk_edit_rows_left, so each change of it wrote the primary key anew. The message does not
-- change where a row is applied, and each row that is in conflict or refused has one.
DROP INDEX bulk_edit_rows_left;
CREATE INDEX bulk_edit_rows_left ON bulk_edit_rows (product_id) WHERE message IS NOT NULL;
