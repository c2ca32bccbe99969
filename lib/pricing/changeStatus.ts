/** Discontinues a product and sells it again, with the guarantee that an edit of a price has. */
import { randomUUID } from 'node:crypto'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import type { ProductStatus } from '#lib/generated/prisma/enums.ts'
import { correlationId as currentCorrelationId } from '#lib/platform/correlation.ts'
import { logger } from '#lib/platform/logger.ts'
import { confirmVersions, type Acknowledgement } from './acknowledge.ts'
import { inPriceTransaction } from './transaction.ts'

export interface StatusChange {
  readonly productId: number
  readonly status: ProductStatus
  readonly reason: string
}

export interface StatusOutcome {
  /** `live`: every page, list and feed that is read from now on shows it. `propagating`: saved, and on its way. */
  readonly state: Acknowledgement
  readonly correlationId: string
  readonly productId: number
  readonly status: ProductStatus
  /** False when the product had the status already: nothing was written. */
  readonly changed: boolean
  /** The version of the product, not of its price. */
  readonly version: number
}

interface Row {
  readonly version: bigint
}

/**
 * Commit, advance the version index, acknowledge: of the product, and of the lists that it is a member of, whose
 * versions the database raised in the same transaction.
 * @returns undefined when there is no such product
 * @throws {MissingPermissionError}
 * @throws {PricesBusyError} when another transaction holds the row for more than 5 s; nothing was written
 * @throws {PriceStoreUnavailableError} when Postgres does not answer
 */
export async function changeStatus(
  { productId, status, reason }: StatusChange,
  principal: Principal,
): Promise<StatusOutcome | undefined> {
  assertMay(principal, 'products:write')
  const correlationId = currentCorrelationId() ?? randomUUID()
  const found = await inPriceTransaction(
    { actor: principal.actor, reason, source: 'api', correlationId },
    async (tx) => {
      const [before] = await tx.$queryRaw<(Row & { status: ProductStatus })[]>`
      SELECT version, status::text FROM products WHERE id = ${productId} FOR NO KEY UPDATE`
      if (!before) return undefined
      const changed = before.status !== status
      const [after] = changed
        ? await tx.$queryRaw<Row[]>`
      UPDATE products SET status = ${status}::product_status WHERE id = ${productId} RETURNING version`
        : [before]
      if (changed) {
        await tx.auditEntry.create({
          data: {
            actor: principal.actor,
            via: principal.kind,
            action: 'product.status',
            target: `product:${productId}`,
            reason,
            detail: { from: before.status, to: status },
            correlationId,
          },
        })
      }
      const lists = await tx.$queryRaw<(Row & { id: number })[]>`
      SELECT c.id, c.version FROM categories c JOIN product_categories pc ON pc.category_id = c.id WHERE pc.product_id = ${productId}`
      return { changed, version: Number(after?.version ?? before.version), lists }
    },
  )
  if (!found) return undefined
  const { changed, version, lists } = found
  const state = await confirmVersions(
    [
      { kind: 'product', id: productId, version },
      ...lists.map((list) => ({ kind: 'category' as const, id: list.id, version: Number(list.version) })),
    ],
    correlationId,
  )
  logger('pricing').info(
    { correlationId, state, productId, status, changed, actor: principal.actor, reason },
    'the status of a product was set',
  )
  return { state, correlationId, productId, status, changed, version }
}
