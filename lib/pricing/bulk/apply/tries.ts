/** An edit and all that retry it: each row is changed by one of them at most. */
import { Prisma } from '#lib/generated/prisma/client.ts'

/** A query of the ids of the first edit and of all that retry it, those that retry a retry too. @param first its id */
export function triesFrom(first: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`WITH RECURSIVE tries AS (
    SELECT ${first} AS id
    UNION ALL SELECT f.id FROM bulk_edits f JOIN tries t ON f.of_id = t.id WHERE f.kind = 'retry')
    SELECT id FROM tries`
}

/** True of a row `r` that no try has changed, or is about to: minus ten percent is meant once. @param tries a query of their ids */
export function notTaken(tries: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`NOT EXISTS (SELECT FROM bulk_edit_rows d JOIN bulk_edits de ON de.id = d.bulk_edit_id
    WHERE d.bulk_edit_id IN (${tries}) AND d.product_id = r.product_id
      AND (d.state = 'applied' OR (d.state = 'pending' AND de.state IN ('approved', 'applying'))))`
}

/** True of an edit `e` that tries the prices of a sale again: approved without an end they would be base prices for good. */
export const FOLLOWS_SALE = Prisma.sql`EXISTS (
  WITH RECURSIVE up AS (
    SELECT e.of_id AS id WHERE e.kind = 'retry'
    UNION ALL SELECT b.of_id FROM bulk_edits b JOIN up ON b.id = up.id WHERE b.kind = 'retry')
  SELECT FROM up JOIN price_schedules s ON s.bulk_edit_id = up.id WHERE s.ends_at IS NOT NULL AND s.end_edit_id IS NULL)`
