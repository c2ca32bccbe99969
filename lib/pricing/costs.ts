/** The costs of products for the shop. No text for shoppers states a cost, so that no version is raised and no cache cleared. */
import { z } from 'zod'
import { writeAudit } from '#lib/audit/writeAudit.ts'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { amount } from '#lib/money/price.ts'
import { issuesOf } from './changeRequest.ts'
import { PriceChangeRefusedError } from './errors.ts'
import { inTransaction } from './transaction.ts'

const MAX_COSTS = 100_000
/** Products of one statement. */
const CHUNK = 5_000
const TIMEOUT_MS = 60_000

export const costsSchema = z.strictObject({
  costs: z
    .array(
      z.strictObject({
        productId: z.number().int().positive(),
        /** In minor units of the price's currency; null: not known. */
        costCents: amount.nullable(),
        /** The version of the cost, as an export has it: one that was changed since stays as it is. */
        expectedVersion: z.number().int().positive().optional(),
      }),
    )
    .min(1, 'List at least one cost.')
    .max(MAX_COSTS, `At most ${MAX_COSTS} costs fit into one request.`),
})
export type Costs = z.infer<typeof costsSchema>['costs']

function readCosts(sent: Costs): Costs {
  const result = costsSchema.safeParse({ costs: sent })
  if (!result.success) throw new PriceChangeRefusedError(issuesOf(result.error))
  const seen = new Set<number>()
  const twice = sent.flatMap(({ productId }, i) => {
    if (!seen.has(productId)) return seen.add(productId) && []
    return [{ field: `costs[${i}].productId`, productId, message: `Product ${productId} is listed twice.` }]
  })
  if (twice.length > 0) throw new PriceChangeRefusedError(twice)
  return result.data.costs
}

/** @param there of `ids`, those that have a price */
function refuseMissing(sent: Costs, ids: readonly number[], there: ReadonlySet<number>): void {
  if (there.size === ids.length) return
  const missing = new Set(ids.filter((id) => !there.has(id)))
  throw new PriceChangeRefusedError(
    sent.flatMap(({ productId }, i) =>
      missing.has(productId)
        ? [{ field: `costs[${i}].productId`, productId, message: `There is no product ${productId}.` }]
        : [],
    ),
  )
}

interface LockedCost {
  readonly productId: number
  readonly costCents: number | null
  readonly version: bigint
}

/** A cost that equals the requested one is no conflict. */
function conflicting(costs: Costs, locked: readonly LockedCost[]): number[] {
  const now = new Map(locked.map((row) => [row.productId, row]))
  return costs.flatMap(({ productId, costCents, expectedVersion }) => {
    const row = now.get(productId)
    if (!row || expectedVersion === undefined || row.costCents === costCents) return []
    return BigInt(expectedVersion) === row.version ? [] : [productId]
  })
}

export interface CostsOutcome {
  readonly changed: number
  readonly conflicts: readonly number[]
}

/**
 * Sets what products cost, in the currency of their prices, at once and together.
 * @returns how many costs are others now, and the products whose cost is at another version than the one expected
 * @throws {MissingPermissionError} without `prices:write`
 * @throws {PriceChangeRefusedError} naming each product that there is not, or that is listed twice; nothing was written
 * @throws {PricesBusyError} when another transaction holds a row for more than 5 s; nothing was written
 */
export async function setCosts(principal: Principal, sent: Costs): Promise<CostsOutcome> {
  assertMay(principal, 'prices:write')
  const costs = readCosts(sent).toSorted((a, b) => a.productId - b.productId)
  return inTransaction(
    async (tx) => {
      let changed = 0
      const conflicts: number[] = []
      for (let at = 0; at < costs.length; at += CHUNK) {
        const chunk = costs.slice(at, at + CHUNK)
        const ids = chunk.map(({ productId }) => productId)
        const locked = await tx.$queryRaw<LockedCost[]>`
          SELECT p.product_id AS "productId", p.cost_cents AS "costCents", p.cost_version AS version FROM prices p WHERE p.product_id = ANY(${ids}::int[])
          ORDER BY p.product_id FOR NO KEY UPDATE`
        refuseMissing(sent, ids, new Set(locked.map(({ productId }) => productId)))
        const refused = conflicting(chunk, locked)
        for (const productId of refused) conflicts.push(productId)
        changed += await tx.$executeRaw`
          UPDATE prices p SET cost_cents = c.cost
          FROM unnest(${ids}::int[], ${chunk.map(({ costCents }) => costCents)}::int[]) AS c (product_id, cost)
          WHERE p.product_id = c.product_id AND p.cost_cents IS DISTINCT FROM c.cost AND p.product_id <> ALL(${[...refused]}::int[])`
      }
      if (changed > 0) {
        const [first] = costs
        const target = costs.length === 1 && first ? `product:${first.productId}` : undefined
        await writeAudit(tx, principal, { action: 'prices.cost', target, detail: { costs: changed } })
      }
      return { changed, conflicts }
    },
    { timeout: TIMEOUT_MS },
  )
}
