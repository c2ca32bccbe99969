/**
 * The recommendations of the shop: the hand-picked collection, as far as it can be bought. Without prices, which would change
 * its address with every edit: a page that shows a recommendation asks `/api/prices` for those.
 *
 * A generation is a digest of what is recommended, so that one address says the same on every instance.
 */
import { PRODUCTS_PER_PAGE } from './pagination.ts'
import { createHash } from 'node:crypto'
import { publishShown, readStart } from './coherence.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { versioned } from './resources.ts'
import { readProductList } from './queries.ts'

const COLLECTION = 'featured'
const GENERATION_LENGTH = 16
const GENERATION = /^[0-9a-f]{16}$/

interface Recommendation {
  readonly rank: number
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly brand: string
  /** Path of the picture, immutable. */
  readonly image: string
}

export interface Recommendations {
  readonly generation: string
  readonly products: readonly Recommendation[]
  /** The rows that it was made from: a cache that keeps a copy drops it by these. */
  readonly versions: readonly VersionedTag[]
}

export const isGeneration = (text: string) => GENERATION.test(text)

/**
 * Read from Postgres on each call: a product that was discontinued is in no answer that starts afterwards.
 * @throws {FreshnessError} SOURCE_UNAVAILABLE when the index had to be raised and Postgres did not answer
 */
export async function currentRecommendations(): Promise<Recommendations> {
  const start = await readStart()
  const list = await readProductList(COLLECTION, 'collection', 1, PRODUCTS_PER_PAGE)
  const listed = list?.products ?? []
  const products = listed.map(({ id, slug, name, brand, image }, i) => ({ rank: i + 1, id, slug, name, brand, image }))
  const versions = [
    ...(list ? [versioned('category', list.category.id, list.category.version)] : []),
    ...listed.map(({ id, version }) => versioned('product', id, version)),
  ]
  // Publishes first: no page afterwards shows this reader less.
  await publishShown(versions, start)
  const generation = createHash('sha256').update(JSON.stringify(products)).digest('hex').slice(0, GENERATION_LENGTH)
  return { generation, products, versions }
}
