-- The number of rows of an edit in each state, written when it ends: a list of large edits would count millions of rows.
ALTER TABLE "bulk_edits" ADD COLUMN "counts" JSONB;
