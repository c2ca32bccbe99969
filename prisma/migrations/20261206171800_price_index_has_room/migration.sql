-- Each delivery of a price changes its row: with room beside it that touches no index, as in bulk_edit_rows. Rows that are there get room
-- when they are written.
ALTER TABLE price_index SET (fillfactor = 45);
