-- Sales are layers over a base price. A price has one base price and any number of active sales; what the row shows in
-- amount_cents and compare_at_cents is computed from them, in the transaction of the change: docs/decisions/sales-as-layers.md.

LOCK TABLE prices, bulk_edits, bulk_edit_rows, price_schedules IN ACCESS EXCLUSIVE MODE;

-- ---- tables ----

ALTER TABLE prices
  ADD COLUMN base_amount_cents integer,
  ADD COLUMN base_compare_at_cents integer,
  -- The version in which the base price last changed: what an edit is held against.
  ADD COLUMN base_version bigint NOT NULL DEFAULT 1,
  -- The sale that is shown; null: the base price is.
  ADD COLUMN sale_id uuid;

-- The highest is shown; of equals the one that starts later, then the one with the higher id.
ALTER TABLE price_schedules
  ADD COLUMN priority integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT price_schedules_priority CHECK (priority BETWEEN -1000 AND 1000);

-- The price that an active sale asks for a product. A row is there from the start of the sale to its end.
CREATE TABLE sale_prices (
  sale_id uuid NOT NULL,
  product_id integer NOT NULL,
  amount_cents integer NOT NULL,
  compare_at_cents integer,
  CONSTRAINT sale_prices_pkey PRIMARY KEY (sale_id, product_id),
  CONSTRAINT sale_prices_amount_positive CHECK (amount_cents > 0 AND amount_cents <= 99999999),
  CONSTRAINT sale_prices_compare_at_above CHECK (compare_at_cents IS NULL
    OR (compare_at_cents > amount_cents AND compare_at_cents <= 99999999)),
  CONSTRAINT sale_prices_sale_id_fkey FOREIGN KEY (sale_id) REFERENCES price_schedules (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT sale_prices_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX sale_prices_product_id_idx ON sale_prices (product_id);

-- Of a version that shows a sale, or follows one that did. Otherwise the base price is what is shown.
ALTER TABLE price_changes
  ADD COLUMN sale_id uuid,
  ADD COLUMN old_base_amount_cents integer,
  ADD COLUMN new_base_amount_cents integer,
  ADD COLUMN old_base_compare_at_cents integer,
  ADD COLUMN new_base_compare_at_cents integer;

-- ---- what is there becomes layers: no price that is shown changes, and no version ----

ALTER TABLE prices DISABLE TRIGGER USER;
UPDATE prices SET base_amount_cents = amount_cents, base_compare_at_cents = compare_at_cents, base_version = version;

-- A price that the start of a running schedule set, and that is still the one shown, lies over what that start found. Where several
-- started one after the other, that is what the first of an unbroken chain found. A price that was edited since is the base price.
WITH started AS (
  SELECT s.id AS sale_id, r.product_id, r.applied_version, r.old_amount_cents, r.old_compare_at_cents, r.new_amount_cents, r.new_compare_at_cents,
    lag((r.new_amount_cents, r.new_compare_at_cents)) OVER of_product AS before,
    last_value(r.applied_version) OVER of_product_whole AS last_version
  FROM price_schedules s JOIN bulk_edit_rows r ON r.bulk_edit_id = s.bulk_edit_id AND r.state = 'applied'
  WHERE s.state = 'running' AND s.ends_at IS NOT NULL
  WINDOW of_product AS (PARTITION BY r.product_id ORDER BY r.applied_version),
    of_product_whole AS (PARTITION BY r.product_id ORDER BY r.applied_version ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), chained AS (
  SELECT s.*, (s.before IS NULL OR s.before IS DISTINCT FROM (s.old_amount_cents, s.old_compare_at_cents)) AS begins
  FROM started s JOIN prices p USING (product_id) WHERE p.version = s.last_version
), bases AS (
  SELECT DISTINCT ON (product_id) product_id, applied_version, old_amount_cents, old_compare_at_cents
  FROM chained WHERE begins ORDER BY product_id, applied_version DESC
), layers AS (
  INSERT INTO sale_prices (sale_id, product_id, amount_cents, compare_at_cents)
  SELECT c.sale_id, c.product_id, c.new_amount_cents, c.new_compare_at_cents
  FROM chained c JOIN bases b USING (product_id) WHERE c.applied_version >= b.applied_version
), shown AS (
  SELECT DISTINCT ON (product_id) product_id, sale_id FROM chained ORDER BY product_id, applied_version DESC
)
UPDATE prices p SET base_amount_cents = b.old_amount_cents, base_compare_at_cents = b.old_compare_at_cents, sale_id = s.sale_id
FROM bases b JOIN shown s USING (product_id) WHERE p.product_id = b.product_id;

-- Ends that were frozen ahead of their time: taking the layer away is the end now.
UPDATE bulk_edits SET state = 'cancelled', error = 'Not needed any more: the price of a sale goes with the sale.'
WHERE state = 'approved' AND id IN (SELECT end_edit_id FROM price_schedules WHERE state = 'running');
UPDATE price_schedules SET end_edit_id = NULL WHERE state = 'running';
ALTER TABLE prices ENABLE TRIGGER USER;

ALTER TABLE prices
  ALTER COLUMN base_amount_cents SET NOT NULL,
  ADD CONSTRAINT prices_base_amount_positive CHECK (base_amount_cents > 0 AND base_amount_cents <= 99999999),
  ADD CONSTRAINT prices_compare_at_of_base_above CHECK (base_compare_at_cents IS NULL
    OR (base_compare_at_cents > base_amount_cents AND base_compare_at_cents <= 99999999));

-- ---- what a write to a price means ----

-- base_*    is the base price at any time. Where no sale is shown, the shop shows it at once.
-- amount_*  is the price that is shown. Where no sale is shown, it is the base price; where one is, it is that sale's price of this
--           product, and goes with the sale.
-- Values of a writer for base_version and sale_id are ignored.
CREATE FUNCTION keep_base_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.base_amount_cents := NEW.amount_cents;
    NEW.base_compare_at_cents := NEW.compare_at_cents;
    NEW.base_version := 1;
    NEW.sale_id := NULL;
    RETURN NEW;
  END IF;
  NEW.base_version := OLD.base_version;
  IF NEW.sale_id IS DISTINCT FROM OLD.sale_id THEN
    IF change_context('shows_sales') = 'on' THEN RETURN NEW; END IF;
    NEW.sale_id := OLD.sale_id;
  END IF;
  IF NEW.currency <> OLD.currency AND EXISTS (SELECT FROM sale_prices l WHERE l.product_id = NEW.product_id) THEN
    RAISE EXCEPTION 'Product % is in a sale in %: end the sale before its currency changes', NEW.product_id, OLD.currency
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.sale_id IS NULL THEN
    IF NEW.base_amount_cents = OLD.base_amount_cents AND NEW.base_compare_at_cents IS NOT DISTINCT FROM OLD.base_compare_at_cents THEN
      NEW.base_amount_cents := NEW.amount_cents;
      NEW.base_compare_at_cents := NEW.compare_at_cents;
    ELSE
      NEW.amount_cents := NEW.base_amount_cents;
      NEW.compare_at_cents := NEW.base_compare_at_cents;
    END IF;
  END IF;
  -- zz_stamp_version gives this version.
  IF NEW.base_amount_cents <> OLD.base_amount_cents OR NEW.base_compare_at_cents IS DISTINCT FROM OLD.base_compare_at_cents
    OR NEW.currency <> OLD.currency THEN NEW.base_version := OLD.version + 1; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER base_price BEFORE INSERT OR UPDATE ON prices FOR EACH ROW EXECUTE FUNCTION keep_base_price();

CREATE FUNCTION keep_sale_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows WHERE sale_id IS NOT NULL) AND change_context('shows_sales') IS NULL THEN
    UPDATE sale_prices l SET amount_cents = n.amount_cents, compare_at_cents = n.compare_at_cents
    FROM new_rows n WHERE l.sale_id = n.sale_id AND l.product_id = n.product_id
      AND (l.amount_cents, l.compare_at_cents) IS DISTINCT FROM (n.amount_cents, n.compare_at_cents);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_sale_price AFTER UPDATE ON prices
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_sale_price();

-- ---- what is shown follows from the sales that are active ----

-- The prices are locked first, in ascending order as single edits do it. The statement after that sees the sales of the transactions
-- that held them.
CREATE FUNCTION show_prices(ids integer[]) RETURNS void LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
  PERFORM FROM prices p WHERE p.product_id = ANY (ids) ORDER BY p.product_id FOR NO KEY UPDATE;
  PERFORM set_config('evergreen.shows_sales', 'on', true);
  UPDATE prices p SET sale_id = t.sale_id, amount_cents = COALESCE(t.amount_cents, p.base_amount_cents),
    compare_at_cents = CASE WHEN t.sale_id IS NULL THEN p.base_compare_at_cents ELSE t.compare_at_cents END
  FROM unnest(ids) u (product_id) LEFT JOIN (
    SELECT DISTINCT ON (l.product_id) l.product_id, l.sale_id, l.amount_cents, l.compare_at_cents
    FROM sale_prices l JOIN price_schedules s ON s.id = l.sale_id WHERE l.product_id = ANY (ids)
    ORDER BY l.product_id, s.priority DESC, s.starts_at DESC, s.id DESC) t USING (product_id)
  WHERE p.product_id = ANY (ids) AND p.product_id = u.product_id
    AND (p.sale_id, p.amount_cents, p.compare_at_cents) IS DISTINCT FROM (t.sale_id, COALESCE(t.amount_cents, p.base_amount_cents),
      CASE WHEN t.sale_id IS NULL THEN p.base_compare_at_cents ELSE t.compare_at_cents END);
  PERFORM set_config('evergreen.shows_sales', '', true);
END $$;

CREATE FUNCTION show_sale_prices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM show_prices(ARRAY(SELECT DISTINCT product_id FROM changed_rows ORDER BY product_id)) WHERE EXISTS (SELECT FROM changed_rows);
  RETURN NULL;
END $$;
CREATE TRIGGER show_sale_prices_insert AFTER INSERT ON sale_prices
  REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION show_sale_prices();
CREATE TRIGGER show_sale_prices_update AFTER UPDATE ON sale_prices
  REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION show_sale_prices();
CREATE TRIGGER show_sale_prices_delete AFTER DELETE ON sale_prices
  REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION show_sale_prices();

CREATE FUNCTION keep_sale_price_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A price of a sale cannot move to another product or sale: delete it and insert another' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER keep_sale_price_key BEFORE UPDATE ON sale_prices FOR EACH ROW
  WHEN ((OLD.sale_id, OLD.product_id) IS DISTINCT FROM (NEW.sale_id, NEW.product_id)) EXECUTE FUNCTION keep_sale_price_key();
CREATE TRIGGER keep_sale_prices BEFORE TRUNCATE ON sale_prices FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_change('prices would go on showing the sales; delete the rows');

-- Another priority or start decides anew which of several sales is shown.
CREATE FUNCTION show_sale_by_priority() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM show_prices(ARRAY(SELECT product_id FROM sale_prices WHERE sale_id = NEW.id ORDER BY product_id));
  RETURN NULL;
END $$;
CREATE TRIGGER show_sale_by_priority AFTER UPDATE OF priority, starts_at ON price_schedules FOR EACH ROW
  WHEN ((OLD.priority, OLD.starts_at) IS DISTINCT FROM (NEW.priority, NEW.starts_at)) EXECUTE FUNCTION show_sale_by_priority();

-- A change of the base price under a sale is a version too: history and those who edit it see it. So is another sale with the same
-- amount, which ends at another time.
SELECT make_versioned('price', 'prices', '{amount_cents,compare_at_cents,currency,base_amount_cents,base_compare_at_cents,sale_id}',
  id_column => 'product_id', time_column => 'version_updated_at', touchable => false, deliver_inserts => true);

-- ---- history ----

CREATE OR REPLACE FUNCTION record_price_history() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
  its_source text := COALESCE(change_context('source'), 'sql');
  its_actor text := COALESCE(change_context('actor'), session_user::text);
  its_reason text := change_context('reason');
  its_edit uuid := change_context('bulk_edit_id')::uuid;
  its_correlation text := change_context('correlation_id');
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO price_changes (product_id, version, new_amount_cents, new_compare_at_cents, currency,
                               source, actor, reason, bulk_edit_id, correlation_id, changed_at)
    SELECT n.product_id, n.version, n.amount_cents, n.compare_at_cents, n.currency,
           its_source, its_actor, its_reason, its_edit, its_correlation, n.version_updated_at
    FROM new_rows n ORDER BY n.product_id;
  ELSE
    INSERT INTO price_changes (product_id, version, old_amount_cents, new_amount_cents, old_compare_at_cents,
                               new_compare_at_cents, currency, source, actor, reason, bulk_edit_id,
                               correlation_id, changed_at, sale_id,
                               old_base_amount_cents, new_base_amount_cents, old_base_compare_at_cents, new_base_compare_at_cents)
    SELECT n.product_id, n.version, o.amount_cents, n.amount_cents, o.compare_at_cents, n.compare_at_cents,
           n.currency, its_source, its_actor, its_reason, its_edit, its_correlation, n.version_updated_at, n.sale_id,
           CASE WHEN layered THEN o.base_amount_cents END, CASE WHEN layered THEN n.base_amount_cents END,
           CASE WHEN layered THEN o.base_compare_at_cents END, CASE WHEN layered THEN n.base_compare_at_cents END
    FROM new_rows n JOIN old_rows o USING (product_id), LATERAL (SELECT n.sale_id IS NOT NULL OR o.sale_id IS NOT NULL) l (layered)
    WHERE n.version > o.version ORDER BY n.product_id;
  END IF;
  RETURN NULL;
END $$;
