/** Says how many there are of a product, with the guarantee that an edit of a price has. */
import { randomUUID } from 'node:crypto'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { correlationId as currentCorrelationId } from '#lib/platform/correlation.ts'
import { logger } from '#lib/platform/logger.ts'
import { confirmVersions, type Acknowledgement } from './acknowledge.ts'
import { inPriceTransaction } from './transaction.ts'

/** As the column of the database has it. */
export const MAX_STOCK = 2_147_483_647

export interface StockChange {
  readonly productId: number
  /** 0 to MAX_STOCK. */
  readonly quantity: number
  /** Of the stock, as it was read: at any other one nothing is written. */
  readonly expectedVersion?: number | undefined
  readonly reason: string
}

export interface StockOutcome {
  /** `live`: every page, list and feed that is read from now on shows it. `propagating`: saved, and on its way. */
  readonly state: Acknowledgement
  readonly correlationId: string
  readonly productId: number
  /** `conflict`: the stock is at another version than the one expected. `unchanged`: there were as many. */
  readonly status: 'changed' | 'unchanged' | 'conflict'
  /** As it is now. */
  readonly quantity: number
  /** Of the stock, neither of the product nor of its price. */
  readonly version: number
}

/**
 * Commit, advance the version index, acknowledge.
 * @returns undefined when there is no such product
 * @throws {MissingPermissionError}
 * @throws {PricesBusyError} when another transaction holds the row for more than 5 s; nothing was written
 * @throws {PriceStoreUnavailableError} when Postgres does not answer
 */
export async function changeStock(
  { productId, quantity, expectedVersion, reason }: StockChange,
  principal: Principal,
): Promise<StockOutcome | undefined> {
  assertMay(principal, 'products:write')
  const correlationId = currentCorrelationId() ?? randomUUID()
  const found = await inPriceTransaction(
    { actor: principal.actor, reason, source: 'api', correlationId },
    async (tx): Promise<Pick<StockOutcome, 'status' | 'quantity' | 'version'> | undefined> => {
      const [before] = await tx.$queryRaw<{ quantity: number; version: bigint }[]>`
        SELECT quantity, version FROM stock WHERE product_id = ${productId} FOR NO KEY UPDATE`
      if (!before) return undefined
      const now = { quantity: before.quantity, version: Number(before.version) }
      if (expectedVersion !== undefined && expectedVersion !== now.version) return { status: 'conflict', ...now }
      if (now.quantity === quantity) return { status: 'unchanged', ...now }
      const { version } = await tx.stock.update({ where: { productId }, data: { quantity }, select: { version: true } })
      await tx.auditEntry.create({
        data: {
          actor: principal.actor,
          via: principal.kind,
          action: 'product.stock',
          target: `product:${productId}`,
          reason,
          detail: { from: now.quantity, to: quantity, version: Number(version) },
          correlationId,
        },
      })
      return { status: 'changed', quantity, version: Number(version) }
    },
  )
  if (!found) return undefined
  const state = await confirmVersions([{ kind: 'stock', id: productId, version: found.version }], correlationId)
  logger('pricing').info(
    { correlationId, state, productId, ...found, actor: principal.actor, reason },
    'the stock of a product was set',
  )
  return { state, correlationId, productId, ...found }
}
