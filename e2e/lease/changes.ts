/** Changes past the application, and what Postgres has of all changes. */
import type { Committed } from '../coherence/history.ts'
import { newAmount, type Edited } from './servers/leaseShop.ts'
import { query } from './servers/postgresPair.ts'

/** One `UPDATE`, as with psql. */
export async function sqlEdit(databaseUrl: string, productId: number): Promise<Omit<Edited, 'state'>> {
  const amountCents = newAmount()
  const start = performance.now()
  const [row] = await query<{ version: string }>(
    databaseUrl,
    'UPDATE prices SET amount_cents = $2, compare_at_cents = NULL WHERE product_id = $1 RETURNING version',
    [productId, amountCents],
  )
  return { productId, version: Number(row?.version), amountCents, start, end: performance.now() }
}

/** Every version that this Postgres has or has had. */
export function committed(databaseUrl: string): Promise<Committed[]> {
  return query<Committed>(
    databaseUrl,
    `SELECT product_id AS "productId", version::int AS version, new_amount_cents AS "amountCents" FROM price_changes
     UNION SELECT product_id, version::int, amount_cents FROM prices`,
  )
}

/** True when every row of the outbox has been delivered. */
export async function isDelivered(databaseUrl: string): Promise<boolean> {
  return (await query(databaseUrl, 'SELECT 1 FROM outbox WHERE done_at IS NULL LIMIT 1')).length === 0
}
