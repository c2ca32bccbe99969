/** Purges that the edge refused, or that were not seen there: from the ledger. */
import type { Check } from './context.ts'
import { MOST_LISTED, nameProducts } from './context.ts'

/** Seconds. A job is tried again for longer than that; each try writes a row. */
const LOOK_BACK_S = 900

interface Row {
  layer: string
  failures: number
  detail: unknown
  lastAt: Date
  productIds: number[]
}

export const purgeCheck: Check = {
  name: 'purge',
  async run({ db }) {
    const rows = await db.$queryRaw<Row[]>`
      WITH failed AS (
        SELECT i.id, i.layer, i.outbox_ids, i.detail, i.created_at FROM invalidations i
        WHERE i.layer LIKE 'edge%' AND i.verified_at IS NULL AND i.created_at > clock_timestamp() - make_interval(secs => ${LOOK_BACK_S})
          -- Seen at the edge since, by this job or another: the purge went through after all.
          AND NOT EXISTS (SELECT 1 FROM invalidations later WHERE later.outbox_ids && i.outbox_ids AND later.layer = i.layer AND later.id > i.id AND later.verified_at IS NOT NULL)
      )
      SELECT layer, count(*)::int AS failures, max(created_at) AS "lastAt", (array_agg(detail ORDER BY id DESC))[1] AS detail,
        ARRAY(SELECT DISTINCT entity.id FROM outbox o, unnest(o.entity_ids) AS entity(id)
          WHERE o.topic = 'price' AND o.id = ANY(SELECT unnest(f.outbox_ids) FROM failed f WHERE f.layer = failed.layer) LIMIT ${MOST_LISTED}) AS "productIds"
      FROM failed GROUP BY layer`
    return rows.map(({ layer, failures, detail, lastAt, productIds }) => ({
      dedupKey: `purge:${layer}`,
      kind: 'purge-failing',
      severity: 'critical',
      summary: `The ${layer} did not take purges: ${failures} in the last ${LOOK_BACK_S / 60} minutes${productIds.length > 0 ? `, of ${nameProducts(productIds)}` : ''}. They are tried again.`,
      detail: { layer, productId: productIds[0] ?? null, productIds, failures, lastAt: lastAt.toISOString(), answer: JSON.stringify(detail).slice(0, 1_000) },
    }))
  },
}
