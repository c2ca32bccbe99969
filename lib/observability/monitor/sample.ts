import type { Db } from '#lib/platform/db.ts'

export interface ProductSample {
  /** The newest price changes first. */
  readonly recent: number[]
  readonly random: number[]
}

/**
 * Which products a round looks at: those that changed last, where something can be on its way or lost, and some of all
 * the others, so that in time each one is looked at.
 */
export async function sampleProducts(db: Db, recent: number, random: number): Promise<ProductSample> {
  const rows = await db.$queryRaw<{ id: number; recent: boolean }[]>`
    (SELECT product_id AS id, true AS recent FROM prices ORDER BY version_updated_at DESC LIMIT ${recent})
    UNION ALL
    (SELECT DISTINCT p.id, false FROM (SELECT min(id) AS low, max(id) AS high FROM products) range,
      generate_series(1, ${random}::int) AS n, LATERAL (
        SELECT id FROM products WHERE id >= range.low + floor(random() * (range.high - range.low + 1) + n * 0)::int AND status = 'active' ORDER BY id LIMIT 1) p)`
  return {
    recent: rows.filter((row) => row.recent).map(({ id }) => id),
    random: rows.filter((row) => !row.recent).map(({ id }) => id),
  }
}
