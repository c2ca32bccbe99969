/** Sets the stocks of products, with the guarantee that an edit of a price has. */
import { randomUUID } from 'node:crypto'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { correlationId as currentCorrelationId } from '#lib/platform/correlation.ts'
import { logger } from '#lib/platform/logger.ts'
import { confirmVersions, type Acknowledgement } from '../acknowledge.ts'
import { inPriceTransaction } from '../transaction.ts'
import { type StockRow, type StockWish, writeStocks } from './stockRows.ts'

export interface StockOutcome extends StockRow {
  /** `live`: every page, list and feed that is read from now on shows it. `propagating`: saved, and on its way. */
  readonly state: Acknowledgement
  readonly correlationId: string
}

export interface StocksOutcome extends Pick<StockOutcome, 'state' | 'correlationId'> {
  /** The rows of the products that exist. */
  readonly rows: readonly StockRow[]
}

export interface StockReason {
  readonly reason: string
  /** The source of the numbers. */
  readonly source: 'api' | 'csv'
}

/**
 * One transaction, advance the version index, acknowledge.
 * @param wishes at most one for each product, a thousand at most
 * @throws {MissingPermissionError}
 * @throws {PricesBusyError} when another transaction holds a row for more than 5 s; nothing was written
 * @throws {PriceStoreUnavailableError} when Postgres does not answer
 */
export async function changeStocks(
  wishes: readonly StockWish[],
  principal: Principal,
  { reason, source }: StockReason,
): Promise<StocksOutcome> {
  assertMay(principal, 'products:write')
  const correlationId = currentCorrelationId() ?? randomUUID()
  const context = { actor: principal.actor, reason, source, correlationId }
  const rows = await inPriceTransaction(context, (tx) => writeStocks(tx, wishes, { principal, reason, correlationId }))
  const versions = rows.map(({ productId, version }) => ({ kind: 'stock', id: productId, version }))
  const state = await confirmVersions(versions, correlationId)
  const changed = rows.filter(({ status }) => status === 'changed').length
  logger('pricing').info(
    { correlationId, state, asked: wishes.length, changed, actor: principal.actor, reason },
    'stocks were set',
  )
  return { state, correlationId, rows }
}

/** The same for one. @returns undefined when there is no such product */
export async function changeStock(
  { reason, ...wish }: StockWish & Pick<StockReason, 'reason'>,
  principal: Principal,
): Promise<StockOutcome | undefined> {
  const { state, correlationId, rows } = await changeStocks([wish], principal, { reason, source: 'api' })
  const [row] = rows
  return row && { state, correlationId, ...row }
}
