-- A statement trigger also fires for an INSERT ... SELECT that finds nothing to insert. The catalog's version grew then,
-- and with it every page of the shop was made again for no reason.

CREATE OR REPLACE FUNCTION record_category_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids integer[]; vs bigint[]; tree_changed boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    -- Nothing can have cached a category that did not exist, but every page shows the tree.
    IF EXISTS (SELECT 1 FROM new_rows) THEN UPDATE catalog_state SET version = version + 1; END IF;
    RETURN NULL;
  END IF;
  SELECT array_agg(n.id ORDER BY n.id), array_agg(n.version ORDER BY n.id),
         bool_or((n.slug, n.kind, n.names, n.parent_id, n.position)
                 IS DISTINCT FROM (o.slug, o.kind, o.names, o.parent_id, o.position))
    INTO ids, vs, tree_changed FROM new_rows n JOIN old_rows o USING (id) WHERE n.version > o.version;
  IF ids IS NULL THEN RETURN NULL; END IF;
  PERFORM write_outbox('category', ids, vs);
  IF tree_changed THEN UPDATE catalog_state SET version = version + 1; END IF;
  RETURN NULL;
END $$;
