import type { Client } from 'pg'
import { currentArtPath } from '#lib/catalog/art/index.ts'
import { KIND_COUNT, skuOf } from './sku.ts'

/** Every form is among the products of the first three turns. */
const SAMPLE = 3 * KIND_COUNT
const BATCH = 5_000

interface Picture {
  readonly id: number
  readonly image: string
}

const outdated = (rows: readonly Picture[]) =>
  rows.flatMap(({ id, image }) => {
    const current = currentArtPath(image)
    return current === undefined || current === image ? [] : [{ id, image: current }]
  })

/**
 * The address of a picture holds the hash of its bytes. When a release draws differently, the products that a
 * former release seeded get their new addresses, as an ordinary change with a new version.
 * @returns how many products changed
 */
export async function refreshPictures(client: Client): Promise<number> {
  const skus = Array.from({ length: SAMPLE }, (_, index) => skuOf(index))
  const sample = await client.query<Picture>('SELECT id, image FROM products WHERE sku = ANY($1::text[])', [skus])
  if (outdated(sample.rows).length === 0) return 0
  let changed = 0
  for (let after = 0; ;) {
    const { rows } = await client.query<Picture>('SELECT id, image FROM products WHERE id > $1 ORDER BY id LIMIT $2', [
      after,
      BATCH,
    ])
    const last = rows.at(-1)
    if (!last) return changed
    const updates = outdated(rows)
    await client.query(
      'UPDATE products p SET image = t.image FROM unnest($1::int[], $2::text[]) AS t (id, image) WHERE p.id = t.id',
      [updates.map((u) => u.id), updates.map((u) => u.image)],
    )
    changed += updates.length
    after = last.id
  }
}
