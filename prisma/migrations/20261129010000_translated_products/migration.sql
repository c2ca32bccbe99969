-- Names and descriptions by language; where there is none, pages show those of the row itself, which are English.
ALTER TABLE products
  ADD COLUMN names jsonb NOT NULL DEFAULT '{}' CONSTRAINT products_names_object CHECK (jsonb_typeof(names) = 'object'),
  ADD COLUMN descriptions jsonb NOT NULL DEFAULT '{}' CONSTRAINT products_descriptions_object CHECK (jsonb_typeof(descriptions) = 'object'),
  ADD COLUMN colour text;

-- Descriptions are read with one product, never with a list: out of the way of what reads many rows.
ALTER TABLE products SET (toast_tuple_target = 512);

-- The colour of drawn pictures stands in their address. No page shows it, so that no version grows: the columns become
-- versioned below.
UPDATE products SET colour = substring(image FROM '^/images/products/[a-z-]+-([a-z]+)-[0-9]{2}\.[0-9a-f]{12}\.svg$')
WHERE image LIKE '/images/products/%.svg';

SELECT make_versioned('product', 'products', '{slug,sku,name,description,names,descriptions,brand,colour,image,status,rank}',
  time_column => 'updated_at');
