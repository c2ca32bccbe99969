/** The SQL of orders. */
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { Transaction } from '#lib/pricing/transaction.ts'
import type { CartLine } from './cartLines.ts'
import type { OfferedProduct } from './planOrder.ts'

/** As an order keeps it. */
export interface LockedProduct extends OfferedProduct {
  readonly sku: string
  readonly compareAtMinor: number | null
}

interface LockedRow extends Omit<LockedProduct, 'sold' | 'version'> {
  readonly status: string
  readonly version: bigint
}

/**
 * The rows that an order is made of, locked in the order of their products: as every other writer locks rows of one table, so that
 * writers wait for each other in place of a deadlock. Names are in the language of the order. Not shared locks: those of many checkouts would keep an edit of a popular
 * price waiting for as long as there are checkouts.
 */
export async function lockOffered(
  tx: Transaction,
  productIds: readonly number[],
  locale: Locale,
): Promise<LockedProduct[]> {
  const rows = await tx.$queryRaw<LockedRow[]>`
    SELECT p.id AS "productId", p.sku, COALESCE(p.names->>${locale}, p.name) AS name, p.status::text, s.quantity AS stock, pr.amount_cents AS "amountMinor",
      pr.compare_at_cents AS "compareAtMinor", pr.currency, pr.version
    FROM products p JOIN prices pr ON pr.product_id = p.id JOIN stock s ON s.product_id = p.id
    WHERE p.id = ANY(${[...productIds]}::int[]) ORDER BY p.id FOR NO KEY UPDATE OF p, pr, s`
  return rows.map(({ status, version, ...row }) => ({
    ...row,
    sold: status === 'active' && row.currency === SHOP_CURRENCY.code,
    version: Number(version),
  }))
}

/** The prices of these lines, by product: from the history, which has each version. */
export async function amountsAt(tx: Transaction, lines: readonly CartLine[]): Promise<Map<number, number>> {
  const ids = lines.map(({ productId }) => productId)
  const versions = lines.map(({ version }) => version)
  const rows = await tx.$queryRaw<{ productId: number; amountMinor: number }[]>`
    SELECT c.product_id AS "productId", c.new_amount_cents AS "amountMinor"
    FROM unnest(${ids}::int[], ${versions}::bigint[]) AS seen (id, version)
    JOIN price_changes c ON c.product_id = seen.id AND c.version = seen.version`
  return new Map(rows.map(({ productId, amountMinor }) => [productId, amountMinor]))
}

/** One at a time for each key, until the transaction ends. @returns the number of the order that was made with the key */
export async function claimKey(tx: Transaction, key: string): Promise<string | undefined> {
  await tx.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(${key}, 0))`
  const made = await tx.order.findUnique({ where: { idempotencyKey: key }, select: { number: true } })
  return made?.number
}
