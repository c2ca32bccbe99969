/** Products by what a draft would do to their prices: reckoned by the function that a preview uses, so that both agree. */
import { db } from '#lib/platform/db.ts'
import { MAX_BY_CHANGE, type Meaning, type Selection } from '../contract.ts'
import { BulkEditRefusedError } from '../errors.ts'
import { newPrice } from '../preview/applyRules.ts'
import { SELECTED_FROM, selectedWhere } from './selectionSql.ts'

/** Rows between two turns of the event loop: some milliseconds. */
const SLICE = 2_000

interface Columns {
  readonly ids: readonly number[]
  readonly amounts: readonly number[]
  readonly compareAts: readonly (number | null)[]
  readonly costs: readonly (number | null)[]
  readonly currencies: readonly string[]
}

/** In one row: Prisma takes a multiple of the time over 100,000 of them. */
async function columnsOf(selection: Selection): Promise<Columns> {
  const where = await selectedWhere(selection)
  const [columns] = await db().$queryRaw<Columns[]>`
    SELECT array_agg(id) AS ids, array_agg(amount) AS amounts, array_agg(compare_at) AS "compareAts", array_agg(cost) AS costs,
           array_agg(currency) AS currencies
    FROM (SELECT p.id, pr.base_amount_cents AS amount, pr.base_compare_at_cents AS compare_at, pr.cost_cents AS cost, pr.currency
          ${SELECTED_FROM} WHERE ${where} ORDER BY p.id LIMIT ${MAX_BY_CHANGE + 1}) found HAVING count(*) > 0`
  return columns ?? { ids: [], amounts: [], compareAts: [], costs: [], currencies: [] }
}

/**
 * @returns the ids of all that the selection finds, by their change in percent; those that would stay as they are come last
 * @throws {BulkEditRefusedError} where the selection finds more than MAX_BY_CHANGE
 */
export async function idsByChange(
  selection: Selection,
  { rules, cells }: Meaning,
  direction: 'asc' | 'desc',
): Promise<number[]> {
  const { ids, amounts, compareAts, costs, currencies } = await columnsOf(selection)
  if (ids.length > MAX_BY_CHANGE) {
    const most = MAX_BY_CHANGE.toLocaleString('en')
    throw new BulkEditRefusedError([
      { field: 'sort', message: `At most ${most} products are sorted by their change. Narrow the filters.` },
    ])
  }
  const cellOf = new Map(cells.map((cell) => [cell.productId, cell]))
  const changed: { id: number; share: number }[] = []
  const same: number[] = []
  for (const [i, id] of ids.entries()) {
    if (i % SLICE === SLICE - 1) await new Promise(setImmediate)
    const amountCents = amounts[i] ?? 0
    const row = {
      amountCents,
      compareAtCents: compareAts[i] ?? null,
      costCents: costs[i],
      currency: currencies[i] ?? '',
    }
    const price = newPrice(row, rules, cellOf.get(id))
    if (price.outcome !== 'price' || price.amountCents === amountCents) same.push(id)
    else changed.push({ id, share: price.amountCents / amountCents })
  }
  const sign = direction === 'asc' ? 1 : -1
  changed.sort((a, b) => sign * (a.share - b.share) || sign * (a.id - b.id))
  return [...changed.map(({ id }) => id), ...same]
}
