-- Numbers of price changes that were in every layer in time, by the minute in which their time was over. The monitor counts; its
-- alerts by burn rate look back three days, and the outbox need not be kept for so long.
CREATE TABLE freshness_minutes (
  minute timestamptz(0) PRIMARY KEY,
  changes integer NOT NULL CHECK (changes >= 0),
  late integer NOT NULL CHECK (late BETWEEN 0 AND changes)
);
