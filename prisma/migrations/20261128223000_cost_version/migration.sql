-- A cost has a version of its own, so that an old file does not set it back. No page shows it: the version of the price stays.
ALTER TABLE prices ADD COLUMN cost_version bigint NOT NULL DEFAULT 1;

CREATE FUNCTION stamp_cost_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.cost_version := OLD.cost_version + CASE WHEN NEW.cost_cents IS DISTINCT FROM OLD.cost_cents THEN 1 ELSE 0 END;
  RETURN NEW;
END $$;
CREATE TRIGGER stamp_cost_version BEFORE UPDATE ON prices FOR EACH ROW
  WHEN (NEW.cost_cents IS DISTINCT FROM OLD.cost_cents OR NEW.cost_version <> OLD.cost_version) EXECUTE FUNCTION stamp_cost_version();
