-- SKUs that a person may take for one another have one key: letters of other alphabets that look like Latin ones, separators, and the
-- zeros before a number. A separator between two numbers stays, or 10-5 would be 105. lib/pricing/skus/nearSkus.ts suggests by it.
CREATE FUNCTION sku_key(sku text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  regexp_replace(
    regexp_replace(
      regexp_replace(
        lower(translate(sku, 'АВЕКМНОРСТУХІЈЅавекмнорстухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο', 'ABEKMHOPCTYXIJSabekmhopctyxijsABEZHIKMNOPTYXo')),
        '[-_./\s]+', '-', 'g'),
      '(?<![0-9])-|-(?![0-9])', '', 'g'),
    '(?<![0-9])0+(?=[0-9])', '', 'g');

CREATE INDEX products_near_sku ON products (sku_key(sku));
