/** The way from the outbox through the queue: whether the relay takes, workers finish, nothing piles up, and each role has a process. */
import { QUARANTINE_AFTER } from '#lib/delivery/outbox.ts'
import { readHeartbeats, silentAfterMs } from '#lib/platform/process/heartbeat.ts'
import type { Db } from '#lib/platform/db.ts'
import { queueState } from '#lib/queue/queueState.ts'
import type { Finding } from '#lib/alerts/finding.ts'
import { type Check, MOST_LISTED, type MonitorContext, nameProducts, showMs } from '../context.ts'
import { growing } from './trends.ts'
import { redisFault, type RedisFault } from './redisFault.ts'
import { monitorMetrics } from '../metrics.ts'

/** Milliseconds. A relay that sleeps looks every half second, and one that is ahead of the workers holds rows back for a second. */
const RELAY_AT_LEAST_MS = 2_000
/** A prober that has not beaten for so long was taken out of service, it is not silent. */
const PROBER_GONE_MS = 24 * 3_600_000

interface Pending {
  readonly rows: number
  readonly changes: number
  readonly oldestMs: number
  /** Rows that are older than the time that a relay has to take one, whether it took them or not. */
  readonly late: number
  /** Rows that no relay has taken, though it had the time. */
  readonly untaken: number
  readonly untakenMs: number
  readonly untakenProducts: number[]
}

async function pendingOutbox(db: Db, relayAfterMs: number): Promise<Pending | undefined> {
  const [row] = await db.$queryRaw<Pending[]>`
    WITH pending AS (SELECT topic, entity_ids, enqueued_at, created_at, extract(epoch FROM clock_timestamp() - created_at) * 1000 AS age
        FROM outbox WHERE done_at IS NULL AND failures < ${QUARANTINE_AFTER}),
      untaken AS (SELECT * FROM pending WHERE enqueued_at IS NULL AND age > ${relayAfterMs})
    SELECT count(*)::int AS rows, (count(*) FILTER (WHERE age > ${relayAfterMs}))::int AS late, COALESCE(sum(cardinality(entity_ids)), 0)::int AS changes, COALESCE(max(age), 0)::float8 AS "oldestMs",
      (SELECT count(*)::int FROM untaken) AS untaken, (SELECT COALESCE(max(age), 0)::float8 FROM untaken) AS "untakenMs",
      ARRAY(SELECT DISTINCT entity.id FROM untaken, unnest(entity_ids) AS entity(id) WHERE topic = 'price' LIMIT ${MOST_LISTED}) AS "untakenProducts"
    FROM pending`
  return row
}

async function queueFindings({ budgetMs, db, queue }: MonitorContext): Promise<Finding[]> {
  const state = await queueState(queue)
  const { oldestMs, ...counts } = state
  for (const [name, count] of Object.entries(counts)) monitorMetrics().queueJobs.set({ state: name }, count)
  monitorMetrics().queueOldest.set(oldestMs / 1000)
  if (oldestMs < budgetMs / 2) return []
  const waiting = await db.$queryRaw<{ id: number }[]>`
    SELECT DISTINCT entity.id FROM outbox, unnest(entity_ids) AS entity(id) WHERE done_at IS NULL AND enqueued_at IS NOT NULL AND topic = 'price' LIMIT ${MOST_LISTED}`
  const ids = waiting.map(({ id }) => id)
  return [
    {
      dedupKey: 'queue',
      kind: 'queue-age',
      severity: 'critical',
      summary: `The oldest invalidation job has waited ${showMs(oldestMs)} for a worker${ids.length > 0 ? `; it or others bring ${nameProducts(ids)}` : ''}.`,
      detail: { layer: 'queue', productId: ids[0] ?? null, productIds: ids, ...state },
    },
  ]
}

function relayFindings({ untaken, untakenMs, untakenProducts }: Pending, fault: RedisFault | undefined): Finding[] {
  if (untaken === 0) return []
  return [
    {
      dedupKey: 'relay',
      kind: 'relay-stuck',
      severity: 'critical',
      summary: `The relay does not drain the outbox: ${untaken} row${untaken === 1 ? '' : 's'}, the oldest for ${showMs(untakenMs)}${untakenProducts.length > 0 ? ` (${nameProducts(untakenProducts)})` : ''}${fault ? `. The cause: ${fault.what}` : ''}.`,
      detail: {
        layer: 'outbox',
        ...(fault && { error: fault.error, whatToDo: fault.whatToDo }),
        productId: untakenProducts[0] ?? null,
        productIds: untakenProducts,
        rows: untaken,
        oldestMs: Math.round(untakenMs),
      },
    },
  ]
}

const WHAT_STOPS: Readonly<Record<string, string>> = {
  relay: 'writes past the application are not delivered',
  invalidator: 'changes are not brought to every layer',
  prober: 'no page is read from outside',
}

/**
 * @param watchedForMs how long this monitor has watched: a role that never beat is silent only after that
 * @param faultFreeMs milliseconds since Redis was last seen at fault: a relay that cannot deliver is silent, and runs
 */
async function silentRoles(db: Db, watchedForMs: number, faultFreeMs: number): Promise<Finding[]> {
  const beats = new Map((await readHeartbeats(db)).map(({ name, ageMs }) => [name, ageMs]))
  // A prober that was taken out of service raises no alert.
  if ((beats.get('prober') ?? 0) > PROBER_GONE_MS) beats.delete('prober')
  monitorMetrics().heartbeatAge.reset()
  for (const [role, ageMs] of beats) monitorMetrics().heartbeatAge.set({ role }, ageMs / 1000)
  const expected = beats.has('prober') ? ['relay', 'invalidator', 'prober'] : ['relay', 'invalidator']
  return expected.flatMap((role): Finding[] => {
    const ageMs = beats.get(role) ?? watchedForMs
    if (ageMs < silentAfterMs() || (role === 'relay' && faultFreeMs < silentAfterMs())) return []
    return [
      {
        dedupKey: `role:${role}`,
        kind: role === 'prober' ? 'prober-silent' : 'worker-silent',
        severity: role === 'prober' ? 'warning' : 'critical',
        summary: `No process works as ${role}: silent for ${showMs(ageMs)}, so ${WHAT_STOPS[role] ?? 'its work is not done'}.`,
        detail: {
          layer: role === 'relay' ? 'outbox' : role === 'prober' ? 'page' : 'queue',
          role,
          silentMs: Math.round(ageMs),
        },
      },
    ]
  })
}

export function deliveryCheck(): Check {
  const startedAt = performance.now()
  let faultAt = -Infinity
  const sizes: number[] = []
  return {
    name: 'delivery',
    async run(context) {
      const { db, budgetMs, indexRedis } = context
      const fault = await redisFault(indexRedis)
      if (fault) faultAt = performance.now()
      const relayAfterMs = Math.max(RELAY_AT_LEAST_MS, budgetMs / 2)
      const pending = await pendingOutbox(db, relayAfterMs)
      const findings = await silentRoles(db, performance.now() - startedAt, performance.now() - faultAt)
      if (pending) {
        monitorMetrics().outboxRows.set(pending.rows)
        monitorMetrics().outboxOldest.set(pending.oldestMs / 1000)
        findings.push(...relayFindings(pending, fault))
        if (growing(sizes, pending.late)) {
          findings.push({
            dedupKey: 'outbox',
            kind: 'outbox-growing',
            severity: 'warning',
            summary: `The outbox grows: ${pending.late} rows have waited for more than ${showMs(relayAfterMs)}, the oldest for ${showMs(pending.oldestMs)}; ${sizes[0] ?? 0} had ${sizes.length - 1} rounds ago.`,
            detail: {
              layer: 'outbox',
              rows: pending.rows,
              changes: pending.changes,
              late: pending.late,
              sizes: [...sizes],
              oldestMs: Math.round(pending.oldestMs),
            },
          })
        }
      }
      return findings
    },
  }
}

/** Apart from the rest, which Redis need not be there for. */
export const queueCheck: Check = { name: 'queue', run: queueFindings }
