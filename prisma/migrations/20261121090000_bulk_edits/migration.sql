-- The bulk editor needs more than selection, rules and rows. No edit was ever stored before this migration.

-- Preview freezes in the transaction that stores the edit: there is no draft to be found half made.
DROP INDEX bulk_edits_created_at_idx;
ALTER TABLE bulk_edits DROP COLUMN state;
DROP TYPE bulk_edit_state;
CREATE TYPE bulk_edit_state AS ENUM ('previewed', 'approved', 'applying', 'applied', 'cancelled', 'failed');
CREATE TYPE bulk_edit_kind AS ENUM ('edit', 'undo', 'retry', 'schedule-end');

ALTER TABLE bulk_edits
  ADD COLUMN state bulk_edit_state NOT NULL DEFAULT 'previewed',
  ADD COLUMN kind bulk_edit_kind NOT NULL DEFAULT 'edit',
  -- The place where it was made: editor, api, csv or schedule. The history of each price carries it.
  ADD COLUMN source text NOT NULL DEFAULT 'editor',
  ADD COLUMN cells jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN summary jsonb,
  ADD COLUMN correlation_id text NOT NULL DEFAULT gen_random_uuid()::text,
  ADD COLUMN of_id uuid REFERENCES bulk_edits (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  ADD COLUMN previewed_at timestamptz(3) NOT NULL DEFAULT now(),
  ADD COLUMN approved_at timestamptz(3),
  ADD COLUMN started_at timestamptz(3),
  ADD COLUMN error text;
CREATE INDEX bulk_edits_created_at_idx ON bulk_edits (created_at);
CREATE INDEX bulk_edits_state_idx ON bulk_edits (state);
CREATE INDEX bulk_edits_of_id_idx ON bulk_edits (of_id);

ALTER TABLE bulk_edit_rows
  ADD COLUMN warnings text[] NOT NULL DEFAULT '{}',
  -- The version that the apply made: what an undo expects to find.
  ADD COLUMN applied_version bigint;

ALTER TABLE price_schedules
  ADD COLUMN created_by text NOT NULL,
  ADD COLUMN created_at timestamptz(3) NOT NULL DEFAULT now(),
  ADD COLUMN started_at timestamptz(3),
  ADD COLUMN ended_at timestamptz(3),
  ADD COLUMN end_edit_id uuid REFERENCES bulk_edits (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  -- Why it failed, or that it was late.
  ADD COLUMN message text,
  ADD CONSTRAINT price_schedules_order CHECK (ends_at IS NULL OR ends_at > starts_at);
CREATE UNIQUE INDEX price_schedules_bulk_edit_id_key ON price_schedules (bulk_edit_id);
CREATE UNIQUE INDEX price_schedules_end_edit_id_key ON price_schedules (end_edit_id);

-- The lowest price of the last 30 days is read for one product at a time.
CREATE INDEX price_changes_product_changed_at_idx ON price_changes (product_id, changed_at DESC);
