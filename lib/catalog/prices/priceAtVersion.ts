/** A product with its price as one version had it: from the row itself, or from the history for an earlier version. */
import { z } from 'zod'
import { publishShown, readStart } from '../coherence.ts'
import { versioned } from '../resources.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { saleStatus, versionedPrice } from '#lib/money/price.ts'
import { env } from '#lib/platform/env.ts'
import { LOWEST_AMOUNT } from './lowestPrice.ts'
import { reductionOf } from './priceReduction.ts'
import { readValue } from '../queries.ts'

const row = z.object({
  id: z.number(),
  name: z.string(),
  names: z.record(z.string(), z.string()),
  brand: z.string(),
  image: z.string(),
  status: saleStatus,
  version: z.number(),
  current: z.number(),
  price: versionedPrice
    .pick({ amountMinor: true, compareAtMinor: true, lowestMinor: true, currency: true })
    /** ISO 8601 */
    .extend({ since: z.string() })
    .transform(({ compareAtMinor, lowestMinor, ...price }) => ({
      ...price,
      ...reductionOf({ amountMinor: price.amountMinor, compareAtMinor, lowestMinor }, env().PRICE_REDUCTION_RULE),
    }))
    .nullable(),
})

type ProductAtVersion = Omit<z.infer<typeof row>, 'price' | 'status' | 'current'> & {
  price: NonNullable<z.infer<typeof row>['price']>
}

export type VersionLookup =
  /** The product, or that version of its price, was never committed. */
  | { readonly found: 'nothing' }
  | { readonly found: 'discontinued' }
  | { readonly found: 'version'; readonly product: ProductAtVersion }

/**
 * @param version of the price, from 1
 * @throws {FreshnessError} SOURCE_UNAVAILABLE when the index had to be raised and Postgres did not answer
 */
export async function readPriceAtVersion(productId: number, version: number): Promise<VersionLookup> {
  const start = await readStart()
  const value = await readValue(Prisma.sql`
    SELECT jsonb_build_object(
      'id', p.id, 'name', p.name, 'names', p.names, 'brand', p.brand, 'image', p.image, 'status', p.status, 'version', p.version,
      'current', now.version,
      'price', (SELECT jsonb_build_object(
          'amountMinor', pr.amount_cents, 'compareAtMinor', pr.compare_at_cents, 'lowestMinor', ${LOWEST_AMOUNT}, 'currency', pr.currency,
          'since', to_char(pr.since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        FROM (
          SELECT product_id, amount_cents, compare_at_cents, currency, version, version_updated_at AS since
          FROM prices WHERE product_id = p.id AND version = ${version}
          UNION ALL
          SELECT product_id, new_amount_cents, new_compare_at_cents, currency, version, changed_at
          FROM price_changes WHERE product_id = p.id AND version = ${version} LIMIT 1) pr)) AS value
    FROM products p JOIN prices now ON now.product_id = p.id WHERE p.id = ${productId}`)
  if (value === undefined) return { found: 'nothing' }
  const { status, current, price, ...product } = row.parse(value)
  if (price === null) return { found: 'nothing' }
  // Publishes first: no page afterwards shows this reader less.
  const shown = version === current ? [versioned('price', productId, version)] : []
  await publishShown([versioned('product', productId, product.version), ...shown], start)
  return status === 'discontinued' ? { found: 'discontinued' } : { found: 'version', product: { ...product, price } }
}
