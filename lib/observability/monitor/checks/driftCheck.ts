/**
 * Drift: products that are behind in what the consumer has applied. From half the budget on the monitor delivers the
 * change itself, so that a dead relay, a dead worker or a consumer that writes nothing costs half a budget.
 */
import type { Finding } from '#lib/alerts/finding.ts'
import { consumersOf } from '#lib/queue/queueState.ts'
import { findBehind, type BehindRow } from './behind.ts'
import { type Check, MOST_LISTED, type MonitorContext, nameProducts, reasonOf, showMs } from '../context.ts'
import { monitorMetrics } from '../metrics.ts'
import { overdueOutbox, redeliver, reopenOutbox, type Overdue } from '../repairs.ts'

const LOOK_BACK_MS = 24 * 3_600_000
/** Older ones are walked through by id, so many a round: a million in 50 rounds, each as long as that of a small catalog. */
export const WALKED = 20_000
const LISTED = 500
/** Products with an alert each: more of them share a cause, and one alert. */
const MOST_ALONE = 5

function productsOf(rows: readonly Overdue[]): number[] {
  return [...new Set(rows.filter(({ topic }) => topic === 'price').flatMap(({ entityIds }) => entityIds))]
}

/** Rows that are late, and the consumers that called a job about one of them done. */
interface Late {
  readonly rows: readonly Overdue[]
  readonly consumers: readonly string[]
}

async function lateRows(context: MonitorContext, olderThanMs: number): Promise<Late> {
  const seen = await overdueOutbox(context, olderThanMs)
  if (seen.length === 0) return { rows: seen, consumers: [] }
  const called = await consumersOf(
    context.queue,
    seen.map(({ id }) => id.toString()),
  ).catch(() => new Map<string, string>())
  // A consumer closes the row before it calls the job done: one that did both since the first look is no suspect.
  const rows = called.size > 0 ? await overdueOutbox(context, olderThanMs) : seen
  return { rows, consumers: [...new Set(rows.flatMap(({ id }) => called.get(id.toString()) ?? []))] }
}

/** One alert for what was repaired in a round: the products share the reason. */
function repaired({ rows, consumers }: Late, forgotten: readonly BehindRow[], error?: unknown): Finding[] {
  if (rows.length === 0) return []
  const ids = productsOf(rows)
  const oldestMs = Math.max(...rows.map(({ ageMs }) => ageMs))
  const station =
    forgotten.length + consumers.length > 0
      ? `${consumers.join(', ') || 'a consumer'} called it done and applied nothing`
      : rows.some(({ enqueuedAt }) => enqueuedAt === null)
        ? 'the relay had not taken it'
        : 'no worker had finished it'
  const about = ids.length > 0 ? nameProducts(ids) : `${rows.length} outbox rows`
  return [
    {
      dedupKey: 'drift',
      kind: 'drift-repaired',
      severity: error === undefined ? 'warning' : 'critical',
      summary:
        error === undefined
          ? `The change of ${about} was ${showMs(oldestMs)} old and not in every layer (${station}): the monitor delivers it.`
          : `The change of ${about} is ${showMs(oldestMs)} old and not in every layer (${station}); the monitor could not deliver it: ${reasonOf(error)}`,
      detail: {
        layer: 'applied',
        productId: ids[0] ?? null,
        productIds: ids.slice(0, MOST_LISTED),
        outboxIds: rows.map(({ id }) => id.toString()),
        station,
        consumers,
        oldestMs: Math.round(oldestMs),
      },
    },
  ]
}

function tooLong(rows: readonly BehindRow[], total: number): Finding[] {
  const [oldest] = rows
  if (oldest && rows.length > MOST_ALONE) {
    const ids = rows.map(({ productId }) => productId)
    return [
      {
        dedupKey: 'products',
        kind: 'product-behind',
        severity: 'critical',
        summary: `${rows.length === LISTED ? `At least ${LISTED}` : rows.length} products are behind in what the consumer has applied, the oldest for ${showMs(oldest.behindMs)} (${nameProducts(ids)}).`,
        detail: {
          layer: 'applied',
          productId: oldest.productId,
          productIds: ids.slice(0, MOST_LISTED),
          products: rows.length,
          onTheWay: total - rows.length,
          behindMs: Math.round(oldest.behindMs),
        },
      },
    ]
  }
  return rows.map(({ productId, version, appliedVersion, behindMs, pendingOutboxId }) => ({
    dedupKey: `product:${productId}`,
    kind: 'product-behind',
    severity: 'critical',
    summary: `Product ${productId} is behind in what the consumer has applied for ${showMs(behindMs)}: version ${appliedVersion ?? 'none'}, Postgres has ${version}.`,
    detail: {
      layer: 'applied',
      productId,
      version,
      appliedVersion,
      behindMs: Math.round(behindMs),
      outboxId: pendingOutboxId?.toString() ?? null,
    },
  }))
}

export function driftCheck(): Check {
  let next = 1
  // Findings of the walk are read until they are gone: its alerts must not come and go.
  let known: readonly number[] = []
  return {
    name: 'drift',
    async run(context: MonitorContext, report) {
      const { db, budgetMs } = context
      const repairFromMs = budgetMs / 2
      const { _max: highest } = await db.price.aggregate({ _max: { productId: true } })
      const from = next > (highest.productId ?? 0) ? 1 : next
      next = from + WALKED
      const { total, rows } = await findBehind(db, { lookBackMs: LOOK_BACK_MS, from, to: next - 1, known }, LISTED)
      known = rows.filter(({ behindMs }) => behindMs > LOOK_BACK_MS / 2).map(({ productId }) => productId)
      monitorMetrics().productsBehind.set(total)
      monitorMetrics().oldestDrift.set((rows[0]?.behindMs ?? 0) / 1000)

      const forgotten = rows.filter(
        ({ behindMs, pendingOutboxId }) => pendingOutboxId === null && behindMs > repairFromMs,
      )
      await reopenOutbox(
        db,
        forgotten.map(({ productId }) => productId),
      )
      const overdue = await lateRows(context, repairFromMs)
      const late = rows.filter(({ behindMs }) => behindMs > budgetMs)
      await report([...repaired(overdue, forgotten), ...tooLong(late, total)])
      const error = await redeliver(context, overdue.rows).then(
        (reports) =>
          reports.filter(({ verified }) => !verified).map(({ layer }) => `not seen in the ${layer} layer`)[0],
        (failure: unknown) => failure,
      )
      return [...repaired(overdue, forgotten, error), ...tooLong(late, total)]
    },
  }
}
