import { randomUUID } from 'node:crypto'
import { versionIndex } from '#lib/freshness/versionIndex.ts'
import { correlationId as currentCorrelationId } from '#lib/platform/correlation.ts'
import { logger } from '#lib/platform/logger.ts'
import { checkRequest, type PriceChangeRequest } from './changeRequest.ts'
import { type PriceChangeIssue, PriceChangeRefusedError } from './errors.ts'
import { type PlannedChange, planChanges, type PriceRow } from './planChanges.ts'
import { inPriceTransaction, lockPrices, type Update, updatePrices } from './priceRows.ts'

/** How long an edit waits for the version index before it is acknowledged as "still propagating". */
export const ADVANCE_TIMEOUT_MS = 1_000

export interface PriceChangeResult {
  readonly productId: number
  /** `conflict`: the price is not at `expectedVersion` any more and stays as it is. */
  readonly status: 'changed' | 'unchanged' | 'conflict'
  readonly message?: string
  /** The price as it is now. */
  readonly amountCents: number
  readonly compareAtCents: number | null
  readonly version: number
  /** ISO 8601 */
  readonly versionUpdatedAt: string
}

export interface PriceChangeOutcome {
  /** `live`: no read that starts from now on returns an older version. `propagating`: saved, and on its way. */
  readonly state: 'live' | 'propagating'
  readonly correlationId: string
  readonly results: readonly PriceChangeResult[]
}

function resultOf(status: PriceChangeResult['status'], row: PriceRow, message?: string): PriceChangeResult {
  const { productId, amountCents, compareAtCents } = row
  const result = { productId, status, amountCents, compareAtCents, version: Number(row.version), versionUpdatedAt: row.versionUpdatedAt.toISOString() }
  return message === undefined ? result : { ...result, message }
}

function updatesIn(plan: readonly PlannedChange[]): Update[] {
  return plan.flatMap((step) =>
    step.action === 'update' ? [{ productId: step.row.productId, amountCents: step.amountCents, compareAtCents: step.compareAtCents }] : [],
  )
}

function refusalsIn(plan: readonly PlannedChange[]): PriceChangeIssue[] {
  return plan.flatMap((step) => (step.action === 'refuse' ? [step.issue] : []))
}

function resultsOf(plan: readonly PlannedChange[], updated: readonly PriceRow[]): PriceChangeResult[] {
  const byProduct = new Map(updated.map((row) => [row.productId, row]))
  return plan.flatMap((step) => {
    if (step.action === 'refuse') return []
    if (step.action === 'conflict') return [resultOf('conflict', step.row, step.message)]
    const row = byProduct.get(step.row.productId)
    return [row ? resultOf('changed', row) : resultOf('unchanged', step.row)]
  })
}

/** Raises the versions in the index. Whatever fails here, the outbox row delivers later. */
async function advance(rows: readonly PriceRow[], correlationId: string): Promise<PriceChangeOutcome['state']> {
  if (rows.length === 0) return 'live'
  const versions = rows.map(({ productId, version }) => ({ kind: 'price' as const, id: productId, version: Number(version) }))
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ADVANCE_TIMEOUT_MS} ms`)), ADVANCE_TIMEOUT_MS)
  })
  try {
    await Promise.race([versionIndex().advance(versions), timeout])
    return 'live'
  } catch (error) {
    logger('pricing').warn({ err: error, correlationId, prices: rows.length }, 'the version index was not advanced; the relay will deliver')
    return 'propagating'
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The only way in which the application changes prices: commit, advance the version index, acknowledge.
 *
 * Bad input changes nothing: one row that is refused refuses the request. A version conflict concerns only its row.
 * History and outbox rows are written by the database in the same transaction.
 * @throws {PriceChangeRefusedError} with an issue for every field that is wrong; nothing was written
 * @throws {PricesBusyError} when another transaction holds a row for more than 5 s; nothing was written
 * @throws {PriceStoreUnavailableError} when Postgres does not answer
 * @example
 * const { state, results } = await changePrices({
 *   changes: [{ productId: 42, amountCents: 1290, expectedVersion: 7 }],
 *   reason: 'Autumn sale', actor: 'ana@example.com', source: 'editor',
 * })
 */
export async function changePrices(request: PriceChangeRequest): Promise<PriceChangeOutcome> {
  const { changes, correlationId = currentCorrelationId() ?? randomUUID(), ...context } = checkRequest(request)
  const { plan, updated } = await inPriceTransaction({ ...context, correlationId }, async (tx) => {
    const rows = await lockPrices(tx, changes.map(({ productId }) => productId))
    const plan = planChanges(changes, rows)
    const refusals = refusalsIn(plan)
    if (refusals.length > 0) throw new PriceChangeRefusedError(refusals)
    return { plan, updated: await updatePrices(tx, updatesIn(plan)) }
  })
  const state = await advance(updated, correlationId)
  logger('pricing').info({ correlationId, state, prices: updated.length, source: context.source }, 'prices changed')
  return { state, correlationId, results: resultsOf(plan, updated) }
}
