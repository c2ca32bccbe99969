import type { Client } from 'pg'
import { productSeed } from './products.ts'
import { KIND_COUNT, skuOf } from './sku.ts'

/** Statements of this size are past the point where larger ones are faster. */
const BATCH = 2_000
/** The first ones show whether there is anything to do: a million are not read at each start. */
const SAMPLE = 3 * KIND_COUNT

/**
 * Gives seeded products of a catalog from before translations theirs. One that was renamed since keeps its name alone: the
 * translations are not those of what it is called now.
 * @returns how many
 */
export async function addTranslations(client: Client): Promise<number> {
  const skus = Array.from({ length: SAMPLE }, (_, index) => skuOf(index))
  const sample = await client.query(`SELECT 1 FROM products WHERE sku = ANY($1::text[]) AND names = '{}' LIMIT 1`, [
    skus,
  ])
  if (sample.rowCount === 0) return 0
  const { rows } = await client.query<{ id: number; sku: string; name: string }>(
    `SELECT id, sku, name FROM products WHERE names = '{}' AND sku ~ '^[A-Z]{3}-[0-9]{6,9}$' ORDER BY id`,
  )
  const seeded = rows.flatMap(({ id, sku, name }) => {
    const index = Number(sku.slice(4)) - 1
    if (index < 0 || skuOf(index) !== sku) return []
    const seed = productSeed(index)
    return seed.name === name ? [{ id, seed }] : []
  })
  for (let from = 0; from < seeded.length; from += BATCH) {
    const part = seeded.slice(from, from + BATCH)
    await client.query(
      `UPDATE products p SET names = t.names::jsonb, descriptions = t.descriptions::jsonb
       FROM unnest($1::int[], $2::text[], $3::text[]) AS t (id, names, descriptions) WHERE p.id = t.id`,
      [
        part.map(({ id }) => id),
        part.map(({ seed }) => JSON.stringify(seed.names)),
        part.map(({ seed }) => JSON.stringify(seed.descriptions)),
      ],
    )
  }
  return seeded.length
}
