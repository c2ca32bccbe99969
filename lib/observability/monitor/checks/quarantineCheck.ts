/** Changes that a page does not show, delivered alone and tried again for ever: each has an alert until it is delivered or superseded. */
import { QUARANTINE_AFTER } from '#lib/delivery/outbox.ts'
import type { Finding } from '#lib/alerts/finding.ts'
import { type Check, MOST_NAMED, showMs } from '../context.ts'

interface Quarantined {
  readonly productId: number
  readonly why: string | null
  readonly failures: number
  readonly ageMs: number
  readonly outboxId: string
}

export const quarantineCheck: Check = {
  name: 'quarantine',
  async run({ db }) {
    const rows = await db.$queryRaw<Quarantined[]>`
      SELECT DISTINCT ON (entity.id) entity.id AS "productId", last_error AS why, failures, o.id::text AS "outboxId",
        (extract(epoch FROM clock_timestamp() - created_at) * 1000)::float8 AS "ageMs"
      FROM outbox o, unnest(entity_ids) AS entity(id)
      WHERE done_at IS NULL AND failures >= ${QUARANTINE_AFTER} ORDER BY entity.id, o.id DESC LIMIT ${MOST_NAMED}`
    return rows.map(({ productId, why, failures, ageMs, outboxId }): Finding => ({
      dedupKey: `product:${productId}`,
      kind: 'change-quarantined',
      severity: 'critical',
      summary: `The page of product ${productId} does not show a change of ${showMs(ageMs)} ago, after ${failures} reads: ${why ?? 'no reason was noted'}. It is tried again alone; other changes are delivered.`,
      detail: { layer: 'page', productId, why, failures, outboxId, ageMs: Math.round(ageMs) },
    }))
  },
}
