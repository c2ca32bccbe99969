-- Rows of an edit that ended long ago are deleted: docs/operations/retention.md. Said first, since they go in parts: from then on
-- nothing is undone, retried or exported by half of them.
ALTER TABLE bulk_edits ADD COLUMN rows_forgotten_at timestamptz(3);
