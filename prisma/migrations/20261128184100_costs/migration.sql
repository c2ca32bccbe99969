-- The cost of a product for the shop, in the currency of its price. No page shows it: it is no part of a version.
ALTER TABLE prices
  ADD COLUMN cost_cents integer,
  ADD CONSTRAINT prices_cost_positive CHECK (cost_cents > 0 AND cost_cents <= 99999999);
