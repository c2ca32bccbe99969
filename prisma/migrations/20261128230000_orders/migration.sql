-- Orders: what a shopper has bought, at the price that was shown and accepted. Lines are frozen.

CREATE TYPE order_state AS ENUM ('placed', 'cancelled');

CREATE TABLE orders (
  id serial PRIMARY KEY,
  -- A date and random letters: a stranger cannot find the next one by counting.
  number text NOT NULL UNIQUE CONSTRAINT orders_number_form CHECK (number ~ '^\d{6}-[0-9A-Z]{4}-[0-9A-Z]{4}$'),
  -- The cart that it was made of: one cart makes one order, however often its form is sent.
  idempotency_key uuid NOT NULL UNIQUE,
  state order_state NOT NULL DEFAULT 'placed',
  locale text NOT NULL,
  email text NOT NULL CONSTRAINT orders_email_lower CHECK (email = lower(email)),
  name text NOT NULL,
  street text NOT NULL,
  postcode text NOT NULL,
  city text NOT NULL,
  country char(2) NOT NULL CONSTRAINT orders_country_code CHECK (country ~ '^[A-Z]{2}$'),
  delivery_method text NOT NULL CONSTRAINT orders_delivery_method CHECK (delivery_method IN ('standard', 'express')),
  currency char(3) NOT NULL CONSTRAINT orders_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
  goods_minor bigint NOT NULL CONSTRAINT orders_goods_positive CHECK (goods_minor > 0),
  delivery_minor integer NOT NULL CONSTRAINT orders_delivery_range CHECK (delivery_minor >= 0),
  total_minor bigint NOT NULL CONSTRAINT orders_total_adds_up CHECK (total_minor = goods_minor + delivery_minor),
  -- Hundredths of a percent: 1900 is 19 %. Taxes are included in the amounts.
  tax_rate integer NOT NULL CONSTRAINT orders_tax_rate_range CHECK (tax_rate BETWEEN 0 AND 10000),
  delivery_tax_minor integer NOT NULL
    CONSTRAINT orders_delivery_tax_range CHECK (delivery_tax_minor BETWEEN 0 AND delivery_minor),
  tax_minor bigint NOT NULL CONSTRAINT orders_tax_range CHECK (tax_minor BETWEEN 0 AND total_minor),
  -- As it was shown: incl. 19 % VAT.
  tax_statement text NOT NULL,
  placed_at timestamptz(3) NOT NULL DEFAULT now(),
  cancelled_at timestamptz(3) CONSTRAINT orders_cancelled_at CHECK ((cancelled_at IS NOT NULL) = (state = 'cancelled'))
);

CREATE TABLE order_lines (
  order_id integer NOT NULL REFERENCES orders (id) ON DELETE RESTRICT,
  product_id integer NOT NULL REFERENCES products (id) ON UPDATE CASCADE ON DELETE RESTRICT,
  position integer NOT NULL CONSTRAINT order_lines_position CHECK (position >= 0),
  sku text NOT NULL,
  name text NOT NULL,
  quantity integer NOT NULL CONSTRAINT order_lines_quantity_range CHECK (quantity BETWEEN 1 AND 99),
  amount_minor integer NOT NULL CONSTRAINT order_lines_amount_positive CHECK (amount_minor > 0),
  compare_at_minor integer,
  currency char(3) NOT NULL,
  price_version bigint NOT NULL CONSTRAINT order_lines_version_positive CHECK (price_version > 0),
  total_minor bigint NOT NULL CONSTRAINT order_lines_total_adds_up CHECK (total_minor = amount_minor::bigint * quantity),
  tax_rate integer NOT NULL CONSTRAINT order_lines_tax_rate_range CHECK (tax_rate BETWEEN 0 AND 10000),
  tax_minor bigint NOT NULL CONSTRAINT order_lines_tax_range CHECK (tax_minor BETWEEN 0 AND total_minor),
  PRIMARY KEY (order_id, product_id)
);
CREATE INDEX order_lines_product_id_idx ON order_lines (product_id);

CREATE TRIGGER order_lines_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON order_lines FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_change('what was ordered is frozen');
CREATE TRIGGER orders_keep BEFORE DELETE OR TRUNCATE ON orders FOR EACH STATEMENT
  EXECUTE FUNCTION refuse_change('an order is cancelled instead');

-- Of an order only its state changes, and only once.
CREATE FUNCTION keep_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (to_jsonb(NEW) - '{state,cancelled_at}'::text[]) <> (to_jsonb(OLD) - '{state,cancelled_at}'::text[])
    OR OLD.state <> 'placed' THEN
    RAISE EXCEPTION 'order % is frozen: it can be cancelled once', OLD.number USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_frozen BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION keep_order();

-- At the commit: an order has lines, in its currency, and they add up to it.
CREATE FUNCTION order_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ordered orders;
  goods bigint;
  tax bigint;
  foreign_lines bigint;
BEGIN
  SELECT * INTO ordered FROM orders WHERE id = COALESCE((to_jsonb(NEW) ->> 'order_id')::integer, (to_jsonb(NEW) ->> 'id')::integer);
  SELECT sum(total_minor), sum(tax_minor), count(*) FILTER (WHERE currency <> ordered.currency)
    INTO goods, tax, foreign_lines FROM order_lines WHERE order_id = ordered.id;
  IF goods IS DISTINCT FROM ordered.goods_minor OR tax + ordered.delivery_tax_minor <> ordered.tax_minor OR foreign_lines > 0 THEN
    RAISE EXCEPTION 'order % does not add up: its lines are % with % tax, it says % with %',
      ordered.number, goods, tax, ordered.goods_minor, ordered.tax_minor USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_add_up AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION order_adds_up();
CREATE CONSTRAINT TRIGGER order_lines_add_up AFTER INSERT ON order_lines DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION order_adds_up();
