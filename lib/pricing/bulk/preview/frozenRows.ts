/** Rows of an edit as its preview freezes them: the version that was seen and the price that was agreed to. */
import type { BulkLimits } from '#lib/access/permissions.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import type { StoredPrice } from '#lib/money/price.ts'
import type { Wire } from '#lib/money/wire.ts'
import { logger } from '#lib/platform/logger.ts'
import { crossingsOf } from '../../limits.ts'
import type { NewPrice } from './applyRules.ts'
import type { Doubt, RowState, RowWarning } from '../contract.ts'

/** A base price as it is while the preview is made. */
export interface CurrentPrice extends Omit<Wire<StoredPrice>, 'versionUpdatedAt'> {
  /** The version in which it last changed; absent: `version`. A sale that began or ended since then did not change it. */
  readonly baseVersion?: bigint
  /** The price 30 days ago; absent or null when that is not known. */
  readonly usualCents?: number | null
  /** The lowest of the last 30 days; absent or null when that is not known. */
  readonly lowestCents?: number | null
  /** The cost for the shop; absent or null when that is not known. */
  readonly costCents?: number | null
  /** Whether the shop shows the price of a sale in its place. */
  readonly inSale?: boolean
  /** The highest price of the sales that run or are planned; absent or null: there is none. */
  readonly highestSaleCents?: number | null
}

/** The change that an edit asks for in a row. */
export interface Intent {
  /** A rule that lowers prices makes this one. */
  readonly lowers: boolean
  /** Its compare-at price says so. Most are planned, and lie over other sales. */
  readonly makesSale: boolean
}

/** Faults of a row that crosses no limit. */
function doubtsOf(
  { amountCents: before, compareAtCents: wasAnnounced, lowestCents, costCents, inSale, highestSaleCents }: CurrentPrice,
  after: number,
  announced: number | null,
  intent: Intent,
): Doubt[] {
  return [
    ...(intent.lowers && after > before ? (['rise'] as const) : []),
    ...(after !== before && (inSale === true || (wasAnnounced !== null && announced !== null))
      ? (['on-sale'] as const)
      : []),
    ...(typeof highestSaleCents === 'number' && !intent.makesSale && after !== before && after < highestSaleCents
      ? (['below-sale'] as const)
      : []),
    ...(typeof lowestCents === 'number' && after < before && after < lowestCents ? (['below-lowest'] as const) : []),
    ...(typeof costCents === 'number' && after < costCents ? (['below-cost'] as const) : []),
  ]
}

export interface FrozenRow {
  readonly productId: number
  readonly previewedVersion: bigint
  readonly oldAmountCents: number
  readonly newAmountCents: number
  readonly oldCompareAtCents: number | null
  readonly newCompareAtCents: number | null
  readonly currency: string
  /** `skipped`: it would not change. `refused`: there is no such price. The new price is the old one then. */
  readonly state: Extract<RowState, 'pending' | 'skipped' | 'refused'>
  readonly message: string | null
  readonly warnings: readonly RowWarning[]
}

/**
 * @param limits of the preview's author: the size of a large change
 * @param intent absent: the row goes back to what it was, and nothing about that is in doubt
 */
export function frozenRow(current: CurrentPrice, price: NewPrice, limits: BulkLimits, intent?: Intent): FrozenRow {
  const {
    productId,
    version: previewedVersion,
    amountCents: oldAmountCents,
    compareAtCents: oldCompareAtCents,
    currency,
  } = current
  const same = {
    productId,
    previewedVersion,
    oldAmountCents,
    newAmountCents: oldAmountCents,
    oldCompareAtCents,
    newCompareAtCents: oldCompareAtCents,
    currency,
  }
  if (price.outcome === 'skip') return { ...same, state: 'skipped', message: price.message, warnings: [] }
  if (price.outcome === 'refuse')
    return { ...same, state: 'refused', message: price.message, warnings: [price.refusal] }
  const { amountCents: newAmountCents, compareAtCents: newCompareAtCents, belowRulesFloor } = price
  if (newAmountCents === oldAmountCents && newCompareAtCents === oldCompareAtCents)
    return { ...same, state: 'skipped', message: null, warnings: [] }
  const crossings = crossingsOf(
    { oldMinor: oldAmountCents, newMinor: newAmountCents, currency, usualMinor: current.usualCents, belowRulesFloor },
    limits,
  )
  const message = crossings.find(({ guard }) => guard === 'below-floor')?.message ?? null
  return {
    ...same,
    newAmountCents,
    newCompareAtCents,
    state: 'pending',
    message,
    warnings: [
      ...crossings.map(({ guard }) => guard),
      ...(intent ? doubtsOf(current, newAmountCents, newCompareAtCents, intent) : []),
    ],
  }
}

/** Stores rows of one edit. The caller's transaction makes them one with the edit; a few thousand a call are best. */
export async function freezeRows(
  tx: Prisma.TransactionClient,
  editId: string,
  rows: readonly FrozenRow[],
): Promise<void> {
  if (rows.length === 0) return
  await tx.$executeRaw`
    INSERT INTO bulk_edit_rows (bulk_edit_id, product_id, previewed_version, old_amount_cents, new_amount_cents,
                                old_compare_at_cents, new_compare_at_cents, state, message, warnings)
    SELECT ${editId}::uuid, r.product_id, r.version, r.old_amount, r.new_amount, r.old_compare_at, r.new_compare_at,
           r.state::bulk_edit_row_state, r.message, string_to_array(r.warnings, ',')
    FROM unnest(${rows.map((row) => row.productId)}::int[], ${rows.map((row) => row.previewedVersion)}::bigint[],
                ${rows.map((row) => row.oldAmountCents)}::int[], ${rows.map((row) => row.newAmountCents)}::int[],
                ${rows.map((row) => row.oldCompareAtCents)}::int[], ${rows.map((row) => row.newCompareAtCents)}::int[],
                ${rows.map((row) => row.state)}::text[], ${rows.map((row) => row.message)}::text[],
                ${rows.map((row) => row.warnings.join(','))}::text[])
      AS r (product_id, version, old_amount, new_amount, old_compare_at, new_compare_at, state, message, warnings)`
}

/** From here on a plan that takes the edit for one row costs seconds. */
const LARGE_EDIT = 5_000

/**
 * Gives the planner statistics of a large edit at once: until it has them, it walks the whole edit for each page and each chunk. Call
 * it after the commit.
 */
export async function countedByPlanner(rows: number): Promise<void> {
  if (rows < LARGE_EDIT) return
  try {
    await db().$executeRaw`ANALYZE bulk_edit_rows`
  } catch (error) {
    logger('pricing').warn({ err: error, rows }, 'the statistics of bulk edit rows were not renewed; autovacuum will')
  }
}
