/** Cancels an order: its stock goes back, with the guarantee that an edit of a stock has. */
import { randomUUID } from 'node:crypto'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { writeAudit } from '#lib/audit/writeAudit.ts'
import { correlationId as currentCorrelationId } from '#lib/platform/correlation.ts'
import { type Acknowledgement, confirmVersions } from '#lib/pricing/acknowledge.ts'
import { moveStocks } from '#lib/pricing/stock/stockRows.ts'
import { inPriceTransaction } from '#lib/pricing/transaction.ts'

export interface CancelOutcome {
  /** False: it was cancelled before, and nothing was done. */
  readonly changed: boolean
  readonly state: Acknowledgement
}

/**
 * @returns undefined when there is no such order
 * @throws {MissingPermissionError}
 * @throws {PricesBusyError} when another transaction holds a row for more than 5 s; nothing was written
 * @throws {PriceStoreUnavailableError} when Postgres does not answer
 */
export async function cancelOrder(
  { number, reason }: { readonly number: string; readonly reason: string },
  principal: Principal,
): Promise<CancelOutcome | undefined> {
  assertMay(principal, 'orders:cancel')
  const correlationId = currentCorrelationId() ?? randomUUID()
  const context = { actor: principal.actor, reason, source: 'editor', correlationId }
  const stocks = await inPriceTransaction(context, async (tx) => {
    const [order] = await tx.$queryRaw<{ id: number; state: string }[]>`
      SELECT id, state::text FROM orders WHERE number = ${number} FOR UPDATE`
    if (!order) return undefined
    if (order.state !== 'placed') return 'cancelled'
    await tx.order.update({ where: { id: order.id }, data: { state: 'cancelled', cancelledAt: new Date() } })
    const lines = await tx.orderLine.findMany({
      where: { orderId: order.id },
      select: { productId: true, quantity: true },
    })
    await writeAudit(tx, principal, {
      action: 'orders.cancel',
      target: `order:${number}`,
      reason,
      detail: { lines: lines.length },
      correlationId,
    })
    return moveStocks(
      tx,
      lines.map(({ productId, quantity }) => ({ productId, by: quantity })),
    )
  })
  if (stocks === undefined) return undefined
  if (stocks === 'cancelled') return { changed: false, state: 'live' }
  const versions = stocks.map(({ productId, version }) => ({ kind: 'stock', id: productId, version }))
  return { changed: true, state: await confirmVersions(versions, correlationId) }
}
