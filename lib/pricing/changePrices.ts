import { randomUUID } from 'node:crypto'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { correlationId as currentCorrelationId } from '#lib/platform/correlation.ts'
import { runPrepared, type RunStatement } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import { confirmPrices, traceStep, type Acknowledgement } from './acknowledge.ts'
import { type CheckedRequest, checkRequest, type PriceChangeRequest } from './changeRequest.ts'
import { enforceLimits } from './enforceLimits.ts'
import { type PriceChangeIssue, PriceChangeRefusedError } from './errors.ts'
import { showMoney } from '#lib/money/money.ts'
import type { LayeredPrice, VersionedPrice } from '#lib/money/price.ts'
import { type PlannedChange, type PlannedPrice, planChanges } from './planChanges.ts'
import { lockPrices, readPrices, type Update, writePrices } from './priceRows.ts'
import { type ChangeContext, inPriceTransaction, retried, runIn } from './transaction.ts'

/** With the price that the shop shows now. While that is a sale's, the base price, which the request changed, stands beside it. */
interface PriceChangeResult extends Pick<
  VersionedPrice,
  'productId' | 'amountMinor' | 'compareAtMinor' | 'version' | 'versionUpdatedAt'
> {
  /** `conflict`: the price is not at `expectedVersion` any more and stays as it is. */
  readonly status: 'changed' | 'unchanged' | 'conflict'
  readonly baseAmountMinor?: number
  readonly baseCompareAtMinor?: number | null
  /** The sale that the shop shows until it ends. */
  readonly saleId?: string
  readonly message?: string
}

export interface PriceChangeOutcome {
  readonly state: Acknowledgement
  readonly correlationId: string
  readonly results: readonly PriceChangeResult[]
}

function resultOf(status: PriceChangeResult['status'], row: LayeredPrice, message?: string): PriceChangeResult {
  const { productId, amountMinor, compareAtMinor, baseAmountMinor, baseCompareAtMinor, saleId } = row
  const result = {
    productId,
    status,
    amountMinor,
    compareAtMinor,
    ...(saleId !== null && { baseAmountMinor, baseCompareAtMinor, saleId }),
    version: Number(row.version),
    versionUpdatedAt: row.versionUpdatedAt.toISOString(),
  }
  return message === undefined ? result : { ...result, message }
}

/** @returns what to look at, where a sale asks more than the base price from now on, or the product costs more */
function warningsOf(
  { highestSaleMinor, costMinor }: PlannedPrice,
  { baseAmountMinor, currency: code }: LayeredPrice,
): string | undefined {
  const warnings = [
    ...(highestSaleMinor !== null && baseAmountMinor < highestSaleMinor
      ? [
          `A sale that runs or is planned asks ${showMoney(highestSaleMinor, { code })}, which is more than this base price. Plan the sale anew, or end it.`,
        ]
      : []),
    ...(costMinor !== null && baseAmountMinor < costMinor
      ? [`This is below cost: the product costs the shop ${showMoney(costMinor, { code })}.`]
      : []),
  ]
  return warnings.length === 0 ? undefined : warnings.join(' ')
}

function updatesIn(plan: readonly PlannedChange[]): Update[] {
  return plan.flatMap((step) =>
    step.action === 'update'
      ? [{ productId: step.row.productId, amountMinor: step.amountMinor, compareAtMinor: step.compareAtMinor }]
      : [],
  )
}

function refusalsIn(plan: readonly PlannedChange[]): PriceChangeIssue[] {
  return plan.flatMap((step) => (step.action === 'refuse' ? [step.issue] : []))
}

function resultsOf(plan: readonly PlannedChange[], updated: readonly LayeredPrice[]): PriceChangeResult[] {
  const byProduct = new Map(updated.map((row) => [row.productId, row]))
  return plan.flatMap((step) => {
    if (step.action === 'refuse') return []
    if (step.action === 'conflict') return [resultOf('conflict', step.row, step.message)]
    const row = byProduct.get(step.row.productId)
    return [row ? resultOf('changed', row, warningsOf(step.row, row)) : resultOf('unchanged', step.row)]
  })
}

interface Edit extends Pick<CheckedRequest, 'changes' | 'confirmations'> {
  readonly principal: Principal
  readonly context: ChangeContext
}

interface Written {
  readonly plan: readonly PlannedChange[]
  readonly updated: readonly LayeredPrice[]
}

/**
 * Plans the changes on the rows that `read` finds, and writes the plan.
 * @returns undefined, and nothing was written, where a row has moved between the two; under locks none can
 */
async function writePlanned(
  run: RunStatement,
  read: typeof readPrices,
  { principal, context, changes, confirmations }: Edit,
): Promise<Written | undefined> {
  const seen = await read(changes.map(({ productId }) => productId))
  const plan = planChanges(changes, seen)
  const refusals = refusalsIn(plan)
  if (refusals.length > 0) throw new PriceChangeRefusedError(refusals)
  const confirmed = enforceLimits(principal, plan, confirmations).map(({ phrase }) => phrase)
  const updates = updatesIn(plan)
  const [first] = updates
  if (!first) return { plan, updated: [] }
  const { source, reason, correlationId } = context
  const target = updates.length === 1 ? `product:${first.productId}` : undefined
  const detail = { source, prices: updates.length, ...(confirmed.length > 0 && { confirmed }) }
  const audit = { action: 'prices.change', target, reason, detail, correlationId } as const
  const updated = await writePrices(run, { seen, updates, context, principal, audit })
  return updated.length > 0 ? { plan, updated } : undefined
}

/**
 * The only way in which the application changes base prices: commit, advance the version index, acknowledge. `live` is said of
 * every row of the answer, those included that the request left as they are.
 *
 * Bad input changes nothing: one row that is refused refuses the request. A version conflict concerns only its row.
 * History and outbox rows are written by the database in the same transaction, in which the limits of the role are kept.
 * @throws {MissingPermissionError} without `prices:write`
 * @throws {PriceChangeRefusedError} with an issue for every field that is wrong; nothing was written
 * @throws {PriceLimitError} when a price would move further than the role may move it; nothing was written
 * @throws {ConfirmationNeededError} when it would move so far that `confirmations` must say that it is meant; nothing was written
 * @throws {PricesBusyError} when another transaction holds a row for more than 5 s, or each try ends in a deadlock; nothing was written
 * @throws {PriceStoreUnavailableError} when Postgres does not answer
 * @example
 * const { state, results } = await changePrices(principal, {
 *   changes: [{ productId: 42, amountMinor: 1290, expectedVersion: 7 }],
 *   reason: 'Autumn sale', source: 'editor',
 * })
 */
export async function changePrices(principal: Principal, request: PriceChangeRequest): Promise<PriceChangeOutcome> {
  assertMay(principal, 'prices:write')
  const startedAt = new Date()
  const checked = checkRequest(request)
  const { reason, source, correlationId = currentCorrelationId() ?? randomUUID() } = checked
  const context = { actor: principal.actor, reason, source, correlationId }
  const edit = { ...checked, principal, context }
  const written =
    (await retried(() => writePlanned(runPrepared, readPrices, edit))) ??
    (await inPriceTransaction(context, (tx) => {
      const run = runIn(tx)
      return writePlanned(run, (productIds) => lockPrices(run, productIds), edit)
    }))
  if (!written) throw new Error('a price has moved under its lock')
  const { plan, updated } = written
  const results = resultsOf(plan, updated)
  const state = await confirmPrices(results, correlationId)
  const changed = updated.map(({ productId, version }) => ({ kind: 'price', id: productId, version: Number(version) }))
  traceStep('edit', changed, startedAt, correlationId, { 'evergreen.source': source, 'evergreen.state': state })
  logger('pricing').info({ correlationId, state, prices: updated.length, source }, 'prices changed')
  return { state, correlationId, results }
}
