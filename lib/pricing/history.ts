/** The history of prices, as the database wrote it in the transactions of the changes. */
import { db } from '#lib/platform/db.ts'
import type { PriceChangeModel } from '#lib/generated/prisma/models.ts'

export interface HistoryEntry {
  readonly productId: number
  readonly version: number
  /** Absent in the first version. */
  readonly oldAmountMinor: number | null
  readonly newAmountMinor: number
  readonly oldCompareAtMinor: number | null
  readonly newCompareAtMinor: number | null
  /** The base price, where this version or the one before shows a sale; otherwise it is what is shown. */
  readonly oldBaseAmountMinor: number | null
  readonly newBaseAmountMinor: number | null
  readonly oldBaseCompareAtMinor: number | null
  readonly newBaseCompareAtMinor: number | null
  /** The sale that this version shows; null: the base price. */
  readonly saleId: string | null
  readonly currency: string
  /** editor, api, csv, schedule, seed, or sql for a write past the application. */
  readonly source: string
  /** E-mail, token name, or the database role. */
  readonly actor: string
  readonly reason: string | null
  /** Null for a change of one price by itself. */
  readonly bulkEditId: string | null
  readonly changedAt: Date
}

export interface HistoryPage {
  readonly entries: readonly HistoryEntry[]
  /** The beginning of the next page; absent on the last one. */
  readonly nextBefore: number | undefined
}

export interface RecentChange extends HistoryEntry {
  readonly productName: string
  readonly sku: string
}

const HISTORY_PAGE_SIZE = 20

function entryOf(change: PriceChangeModel): HistoryEntry {
  const {
    productId,
    oldAmountMinor,
    newAmountMinor,
    oldCompareAtMinor,
    newCompareAtMinor,
    oldBaseAmountMinor,
    newBaseAmountMinor,
    oldBaseCompareAtMinor,
    newBaseCompareAtMinor,
    saleId,
    currency,
    source,
    actor,
    reason,
    bulkEditId,
    changedAt,
  } = change
  const version = Number(change.version)
  return {
    productId,
    version,
    oldAmountMinor,
    newAmountMinor,
    oldCompareAtMinor,
    newCompareAtMinor,
    oldBaseAmountMinor,
    newBaseAmountMinor,
    oldBaseCompareAtMinor,
    newBaseCompareAtMinor,
    saleId,
    currency,
    source,
    actor,
    reason,
    bulkEditId,
    changedAt,
  }
}

/** Whether a version changed the base price under a sale that is shown. */
export function changedBase(entry: HistoryEntry): boolean {
  return (
    entry.newBaseAmountMinor !== null &&
    (entry.oldBaseAmountMinor !== entry.newBaseAmountMinor ||
      entry.oldBaseCompareAtMinor !== entry.newBaseCompareAtMinor)
  )
}

/**
 * Changes of one price, the newest version first. Pages are cut at a version, so that a change between two reads does
 * not shift them.
 */
export async function priceHistory(
  productId: number,
  { before, limit = HISTORY_PAGE_SIZE }: { before?: number | undefined; limit?: number } = {},
): Promise<HistoryPage> {
  const changes = await db().priceChange.findMany({
    where: { productId, ...(before === undefined ? {} : { version: { lt: before } }) },
    orderBy: { version: 'desc' },
    take: limit + 1,
  })
  const entries = changes.slice(0, limit).map(entryOf)
  return { entries, nextBefore: changes.length > limit ? entries.at(-1)?.version : undefined }
}

/**
 * The changes of a bulk edit, the newest first.
 * @param productId only this price
 * @param before nextBefore of the page before: here the number of a change, not of a version
 */
export async function editHistory(
  bulkEditId: string,
  {
    productId,
    before,
    limit = HISTORY_PAGE_SIZE,
  }: { productId?: number | undefined; before?: number | undefined; limit?: number } = {},
): Promise<HistoryPage> {
  const changes = await db().priceChange.findMany({
    where: {
      bulkEditId,
      ...(productId !== undefined && { productId }),
      ...(before !== undefined && { id: { lt: before } }),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  const shown = changes.slice(0, limit)
  return { entries: shown.map(entryOf), nextBefore: changes.length > limit ? Number(shown.at(-1)?.id) : undefined }
}

/** The newest changes of any price, without those that the seed made. */
export async function recentChanges(limit = 12): Promise<RecentChange[]> {
  const changes = await db().priceChange.findMany({
    where: { source: { not: 'seed' } },
    orderBy: { id: 'desc' },
    take: limit,
  })
  const products = await db().product.findMany({
    where: { id: { in: changes.map(({ productId }) => productId) } },
    select: { id: true, name: true, sku: true },
  })
  const byId = new Map(products.map((product) => [product.id, product]))
  return changes.map((change) => {
    const product = byId.get(change.productId)
    return { ...entryOf(change), productName: product?.name ?? `Product ${change.productId}`, sku: product?.sku ?? '' }
  })
}

/** Changes of a day that are counted: a sale changes a hundred thousand. */
export const MOST_CHANGES = 10_000

export interface PriceActivity {
  /** One more than MOST_CHANGES stands for any number above it. */
  readonly changesInLastDay: number
  /** Changes that some layer has not been seen to show yet. */
  readonly undelivered: number
}

export async function priceActivity(): Promise<PriceActivity> {
  const dayAgo = new Date(Date.now() - 86_400_000)
  const [changesInLastDay, pending] = await Promise.all([
    db().priceChange.count({ where: { changedAt: { gte: dayAgo }, source: { not: 'seed' } }, take: MOST_CHANGES + 1 }),
    db().$queryRaw<{ changes: bigint }[]>`
      SELECT COALESCE(sum(cardinality(entity_ids)), 0)::bigint AS changes FROM outbox WHERE done_at IS NULL AND topic = 'price'`,
  ])
  return { changesInLastDay, undelivered: Number(pending[0]?.changes ?? 0) }
}
