-- Applied after lib/coherence/sql/versioned.sql.
CREATE TABLE articles (
  id integer PRIMARY KEY,
  title text NOT NULL,
  -- Shown nowhere: a change of it makes no page stale.
  notes text,
  version bigint NOT NULL DEFAULT 1
);
SELECT make_versioned('article', 'articles', '{title}');
