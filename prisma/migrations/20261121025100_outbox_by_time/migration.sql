-- Rows are written in the order of time, so a block range index finds those of an edit for a few pages of space
-- and nothing on the write side; an index over entity_ids would cost a thousand entries a row of a bulk edit.
CREATE INDEX "outbox_created_at_brin_idx" ON "outbox" USING brin ("created_at");
