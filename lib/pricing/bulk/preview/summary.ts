/** The statements of a preview about all of its rows together. */
import { z } from 'zod'
import { type BulkLimits, bulkPercentLimits } from '#lib/access/permissions.ts'
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { isBeyond } from '../../limits.ts'
import { confirmationsFor } from './confirmations.ts'
import { CONFIRMATION_KINDS, DOUBTS, OPEN_PERCENT, type PreviewSummary } from '../contract.ts'
import type { FrozenRow } from './frozenRows.ts'

const EDGES = [-100, -50, -30, -20, -10, -5, 0, 5, 10, 20, 30, 50, 100, OPEN_PERCENT]

/** As it is stored with the edit. The confirmations are those for the preview's author. */
export const storedSummary = z
  .object({
    rows: z.number(),
    changed: z.number(),
    unchanged: z.number(),
    refused: z.number(),
    /** A preview of an older release has one sum in their place. */
    totals: z.array(z.object({ currency: z.string(), oldCents: z.number(), newCents: z.number() })).optional(),
    oldTotalCents: z.number().optional(),
    newTotalCents: z.number().optional(),
    beyond: z.array(z.object({ percent: z.number(), rows: z.number() })),
    belowFloor: z.number(),
    /** A preview of an older release has none. */
    doubts: z.array(z.object({ doubt: z.enum(DOUBTS), rows: z.number() })).default([]),
    distribution: z.array(z.object({ fromPercent: z.number(), toPercent: z.number(), rows: z.number() })),
    confirmations: z.array(z.object({ kind: z.enum(CONFIRMATION_KINDS), rows: z.number(), phrase: z.string() })),
  })
  .transform(({ totals, oldTotalCents, newTotalCents, ...counts }): PreviewSummary => ({
    ...counts,
    totals: totals ?? [{ currency: SHOP_CURRENCY.code, oldCents: oldTotalCents ?? 0, newCents: newTotalCents ?? 0 }],
  }))

/** The bar of the chart that a change belongs to. Whole numbers only: a share of the old price is never written out. */
function barOf({ oldAmountCents, newAmountCents }: FrozenRow): number {
  const change = (newAmountCents - oldAmountCents) * 100
  const above = EDGES.findIndex((edge) => change < edge * oldAmountCents)
  return above === -1 ? EDGES.length - 2 : above - 1
}

/** Takes the rows as they are frozen and keeps only counts. Sums stay exact up to 90 million rows at the highest price. */
export class SummaryCount {
  readonly #percents = bulkPercentLimits()
  readonly #beyond = this.#percents.map(() => 0)
  readonly #bars = EDGES.slice(1).map(() => 0)
  readonly #states = { pending: 0, skipped: 0, refused: 0 }
  readonly #totals = new Map<string, { oldCents: number; newCents: number }>()
  #belowFloor = 0
  readonly #doubts = DOUBTS.map(() => 0)

  add(row: FrozenRow): void {
    this.#states[row.state] += 1
    if (row.state !== 'pending') return
    const { oldCents, newCents } = this.#totals.get(row.currency) ?? { oldCents: 0, newCents: 0 }
    this.#totals.set(row.currency, {
      oldCents: oldCents + row.oldAmountCents,
      newCents: newCents + row.newAmountCents,
    })
    if (row.warnings.includes('below-floor')) this.#belowFloor += 1
    for (const [i, doubt] of DOUBTS.entries())
      if (row.warnings.includes(doubt)) this.#doubts[i] = (this.#doubts[i] ?? 0) + 1
    for (const [i, percent] of this.#percents.entries()) {
      if (isBeyond({ oldMinor: row.oldAmountCents, newMinor: row.newAmountCents }, percent))
        this.#beyond[i] = (this.#beyond[i] ?? 0) + 1
    }
    const bar = barOf(row)
    this.#bars[bar] = (this.#bars[bar] ?? 0) + 1
  }

  /** @param limits of the preview's author */
  summary(limits: BulkLimits): PreviewSummary {
    const { pending, skipped, refused } = this.#states
    const counts = {
      rows: pending + skipped + refused,
      changed: pending,
      unchanged: skipped,
      refused,
      totals: [...this.#totals].map(([currency, total]) => ({ currency, ...total })),
      beyond: this.#percents.map((percent, i) => ({ percent, rows: this.#beyond[i] ?? 0 })),
      belowFloor: this.#belowFloor,
      doubts: DOUBTS.map((doubt, i) => ({ doubt, rows: this.#doubts[i] ?? 0 })).filter(({ rows }) => rows > 0),
      distribution: this.#bars.map((rows, i) => ({ fromPercent: EDGES[i] ?? 0, toPercent: EDGES[i + 1] ?? 0, rows })),
    }
    return { ...counts, confirmations: confirmationsFor(counts, limits) }
  }
}
