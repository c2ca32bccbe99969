/**
 * The one place that writes quantities, under the lock of their rows. A number set by a person has an audit entry for each that changed; what
 * an order takes stands in its lines.
 */
import type { Principal } from '#lib/access/principal.ts'
import type { AuditAction } from '#lib/audit/actions.ts'
import type { Transaction } from '../transaction.ts'

/** As the column of the database has it. */
export const MAX_STOCK = 2_147_483_647

export interface StockWish {
  readonly productId: number
  /** 0 to MAX_STOCK. */
  readonly quantity: number
  /** The version of the stock, as it was read: at any other one nothing is written. */
  readonly expectedVersion?: number | undefined
}

/** `conflict`: the stock is at another version than the one expected. `unchanged`: there were as many. */
export type StockStatus = 'changed' | 'unchanged' | 'conflict'

export interface StockRow {
  readonly productId: number
  readonly status: StockStatus
  /** As it is now. */
  readonly quantity: number
  /** The version of the stock, neither of the product nor of its price. */
  readonly version: number
}

interface Author {
  readonly principal: Principal
  readonly reason: string
  readonly correlationId: string
}

const ACTION: AuditAction = 'product.stock'

/**
 * @param wishes at most one for each product
 * @returns a row for each product that exists, by its id
 */
export async function writeStocks(
  tx: Transaction,
  wishes: readonly StockWish[],
  { principal, reason, correlationId }: Author,
): Promise<StockRow[]> {
  const byId = new Map(wishes.map((wish) => [wish.productId, wish]))
  const before = await tx.$queryRaw<{ productId: number; quantity: number; version: bigint }[]>`
    SELECT product_id AS "productId", quantity, version FROM stock
    WHERE product_id = ANY(${[...byId.keys()]}::int[]) ORDER BY product_id FOR NO KEY UPDATE`
  const planned = before.map((row) => {
    const { quantity = row.quantity, expectedVersion } = byId.get(row.productId) ?? {}
    const isExpected = expectedVersion === undefined || BigInt(expectedVersion) === row.version
    const status: StockStatus = !isExpected ? 'conflict' : quantity === row.quantity ? 'unchanged' : 'changed'
    return { ...row, status, wanted: quantity }
  })
  const changes = planned.filter(({ status }) => status === 'changed')
  const written =
    changes.length === 0
      ? []
      : await tx.$queryRaw<{ productId: number; version: bigint }[]>`
          UPDATE stock s SET quantity = c.quantity
          FROM unnest(${changes.map(({ productId }) => productId)}::int[], ${changes.map(({ wanted }) => wanted)}::int[]) AS c (id, quantity)
          WHERE s.product_id = c.id RETURNING s.product_id AS "productId", s.version`
  const versions = new Map(written.map(({ productId, version }) => [productId, Number(version)]))
  if (changes.length > 0)
    await tx.auditEntry.createMany({
      data: changes.map(({ productId, quantity, wanted }) => ({
        actor: principal.actor,
        via: principal.kind,
        action: ACTION,
        target: `product:${productId}`,
        reason,
        detail: { from: quantity, to: wanted, version: versions.get(productId) ?? null },
        correlationId,
      })),
    })
  return planned.map(({ productId, status, quantity, wanted, version }) => ({
    productId,
    status,
    quantity: status === 'changed' ? wanted : quantity,
    version: versions.get(productId) ?? Number(version),
  }))
}

export interface StockMove {
  readonly productId: number
  /** The difference, below zero for a decrease. */
  readonly by: number
}

/**
 * Takes what an order has, or puts it back.
 * @param moves at most one for each product; the database refuses one that would leave fewer than none
 * @returns the versions that it made
 */
export async function moveStocks(
  tx: Transaction,
  moves: readonly StockMove[],
): Promise<{ productId: number; version: number }[]> {
  const ids = moves.map(({ productId }) => productId)
  await tx.$queryRaw`SELECT FROM stock WHERE product_id = ANY(${ids}::int[]) ORDER BY product_id FOR NO KEY UPDATE`
  const moved = await tx.$queryRaw<{ productId: number; version: bigint }[]>`
    UPDATE stock s SET quantity = s.quantity + m.by FROM unnest(${ids}::int[], ${moves.map(({ by }) => by)}::int[]) AS m (id, by)
    WHERE s.product_id = m.id RETURNING s.product_id AS "productId", s.version`
  return moved.map(({ productId, version }) => ({ productId, version: Number(version) }))
}
