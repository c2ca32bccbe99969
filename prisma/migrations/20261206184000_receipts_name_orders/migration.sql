-- The receipt of a stock that an order took names the order.
ALTER TABLE orders ADD COLUMN correlation_id text;
CREATE INDEX orders_correlation_id_idx ON orders (correlation_id);
