-- A renamed product or category answers at its former addresses with a redirect. A trigger keeps the former slugs, so that every
-- writer counts, psql too. What is kept is whose slug it was and not where it leads: a chain of names is one step.

CREATE TABLE former_slugs (
  -- A resource kind that has pages.
  kind text NOT NULL,
  slug text NOT NULL,
  -- The row that had it last. No foreign key, as the kind says which table; rows of both are never deleted.
  id integer NOT NULL,
  PRIMARY KEY (kind, slug)
);

-- A slug that is taken again is no former one any more. The row that had it gets another version: redirects that are kept by it are outdated.
CREATE FUNCTION release_former_slugs(kind text, tbl regclass, taken text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE former integer[];
BEGIN
  WITH released AS (
    DELETE FROM former_slugs f WHERE f.kind = release_former_slugs.kind AND f.slug = ANY (taken) RETURNING f.id)
  SELECT array_agg(id) INTO former FROM released;
  IF former IS NOT NULL THEN
    EXECUTE format('UPDATE %s SET version = version + 1 WHERE id = ANY ($1)', tbl) USING former;
  END IF;
END $$;

CREATE FUNCTION release_slugs_of_new_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM release_former_slugs(TG_ARGV[0], TG_RELID, array_agg(slug)) FROM new_rows;
  RETURN NULL;
END $$;

CREATE FUNCTION keep_former_slug() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO former_slugs (kind, slug, id) VALUES (TG_ARGV[0], OLD.slug, OLD.id)
  ON CONFLICT (kind, slug) DO UPDATE SET id = excluded.id;
  PERFORM release_former_slugs(TG_ARGV[0], TG_RELID, ARRAY[NEW.slug]);
  RETURN NULL;
END $$;

CREATE TRIGGER release_slugs_of_new_rows AFTER INSERT ON products
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION release_slugs_of_new_rows('product');
CREATE TRIGGER release_slugs_of_new_rows AFTER INSERT ON categories
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION release_slugs_of_new_rows('category');
-- Of a row and not of a statement: a change of anything else costs nothing.
CREATE TRIGGER keep_former_slug AFTER UPDATE OF slug ON products
  FOR EACH ROW WHEN (OLD.slug <> NEW.slug) EXECUTE FUNCTION keep_former_slug('product');
CREATE TRIGGER keep_former_slug AFTER UPDATE OF slug ON categories
  FOR EACH ROW WHEN (OLD.slug <> NEW.slug) EXECUTE FUNCTION keep_former_slug('category');
