-- The quantity of a product: a resource kind of its own, which changes with every order.

CREATE TABLE stock (
  product_id integer PRIMARY KEY REFERENCES products (id) ON UPDATE CASCADE ON DELETE RESTRICT,
  quantity integer NOT NULL DEFAULT 0 CONSTRAINT stock_quantity_range CHECK (quantity >= 0),
  version bigint NOT NULL DEFAULT 1
);

-- Invented, as the rest of the catalog that is there: most products plenty, some few, some none. prisma/seed/products.ts has
-- the same numbers.
INSERT INTO stock (product_id, quantity)
SELECT id, CASE WHEN id % 29 = 0 THEN 0 WHEN id % 11 = 4 THEN 1 + id % 5 ELSE 12 + id % 160 * 37 % 160 END FROM products;

SELECT make_versioned('stock', 'stock', '{quantity}', id_column => 'product_id');

-- A product has its row in the transaction that makes it: a page without a row would not hear when the row comes.
CREATE FUNCTION stock_new_products() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stock (product_id) SELECT id FROM new_rows ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER stock_new_products AFTER INSERT ON products
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION stock_new_products();
