-- Traces of the monitor, of the prober and of people who purge.

-- One open alert for each thing that is wrong.
DROP INDEX alerts_dedup_key_resolved_at_idx;
CREATE UNIQUE INDEX alerts_open_key ON alerts (dedup_key) WHERE resolved_at IS NULL;
ALTER TABLE alerts
  -- The time at which the webhook took the news; empty: it is still to be sent.
  ADD COLUMN raised_told_at timestamptz(3),
  ADD COLUMN resolved_told_at timestamptz(3),
  ADD COLUMN tell_after timestamptz(3) NOT NULL DEFAULT now(),
  ADD COLUMN tell_attempts integer NOT NULL DEFAULT 0;
CREATE INDEX alerts_untold_idx ON alerts (tell_after) WHERE raised_told_at IS NULL OR (resolved_at IS NOT NULL AND resolved_told_at IS NULL);
CREATE INDEX alerts_resolved_at_idx ON alerts (resolved_at);

-- Each process says here that it is alive: the watchdog reads it.
CREATE TABLE heartbeats (
  process text PRIMARY KEY,
  beat_at timestamptz(3) NOT NULL DEFAULT now(),
  detail jsonb NOT NULL DEFAULT '{}'
);

-- Reads of the prober, one row a read of a layer.
CREATE TABLE probe_readings (
  id bigserial PRIMARY KEY,
  -- The layer as the ledger names it: page, edge, api.
  layer text NOT NULL,
  -- The instance of the layer, or its address.
  target text NOT NULL,
  url text NOT NULL,
  locale text,
  product_id integer NOT NULL,
  -- The version that Postgres had when the read began, and its time.
  expected_version bigint NOT NULL,
  expected_at timestamptz(3) NOT NULL,
  shown_version bigint,
  shown_amount_cents integer,
  -- From expected_at to the read that showed it first; empty when it was older than the prober's look back.
  lag_ms integer,
  verdict text NOT NULL CHECK (verdict IN ('fresh', 'behind', 'torn', 'unreachable')),
  -- Headers, both versions, every place that disagreed: only for what is not fresh.
  evidence jsonb,
  probed_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX probe_readings_probed_at_idx ON probe_readings USING brin (probed_at);
CREATE INDEX probe_readings_wrong_idx ON probe_readings (probed_at) WHERE verdict <> 'fresh';
CREATE INDEX probe_readings_product_idx ON probe_readings (product_id, probed_at DESC);

-- Every action of the back office, of people and of programs. Never changed afterwards.
CREATE TABLE audit_log (
  id bigserial PRIMARY KEY,
  at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  actor text NOT NULL,
  -- session, token or shell.
  via text NOT NULL,
  -- Such as bulk.approve, freshness.purge, tokens.create.
  action text NOT NULL,
  -- The subject, such as bulk_edit:… or product:42.
  target text,
  reason text,
  detail jsonb NOT NULL DEFAULT '{}',
  correlation_id text
);
CREATE INDEX audit_log_at_idx ON audit_log (at);
CREATE INDEX audit_log_target_idx ON audit_log (target);
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_change('the audit log is append-only');
