-- Receipts of edits that have no history of their own: all but those of prices. They are found by kind, id and version, or by the
-- correlation id. The history of prices leads to their rows by time, so a bulk edit of prices does not pay for these indexes. An id alone
-- would find each order of a popular product. Without a list of pending entries no writer waits until it is merged.
CREATE INDEX outbox_entities_idx ON outbox USING gin (entity_ids, versions) WITH (fastupdate = off) WHERE topic <> 'price';
CREATE INDEX outbox_correlation_id_idx ON outbox (correlation_id) WHERE topic <> 'price';
