/**
 * Changes that the edge refused, or was not seen to show, and that still wait for it: from the outbox and the ledger. The
 * edge delivery raises the same alert the moment it is refused; this keeps it open when the worker that raised it is
 * gone, and resolves it when the next one got through.
 */
import { z } from 'zod'
import type { Check } from '../context.ts'
import { MOST_LISTED, nameProducts } from '../context.ts'

interface Row {
  layer: string
  failures: number
  detail: unknown
  lastAt: Date
  productIds: number[]
}

const answered = z.object({ answer: z.string() })

/** The edge's own words, where the ledger has them. */
function answerIn(detail: unknown): string {
  return answered.safeParse(detail).data?.answer ?? ''
}

export const purgeCheck: Check = {
  name: 'purge',
  scope: 'edge',
  async run({ db }) {
    const rows = await db.$queryRaw<Row[]>`
      WITH owed AS (SELECT id, topic, entity_ids FROM outbox WHERE done_at IS NULL),
      failed AS (
        SELECT DISTINCT i.id, i.layer, i.detail, i.created_at FROM owed JOIN invalidations i ON i.outbox_ids @> ARRAY[owed.id]
        WHERE i.layer LIKE 'edge%' AND i.verified_at IS NULL
          -- Seen there since, though the row is still open.
          AND NOT EXISTS (SELECT 1 FROM invalidations later WHERE later.outbox_ids @> ARRAY[owed.id] AND later.layer = i.layer AND later.id > i.id AND later.verified_at IS NOT NULL)
      )
      SELECT layer, count(*)::int AS failures, max(created_at) AS "lastAt", (array_agg(detail ORDER BY id DESC))[1] AS detail,
        ARRAY(SELECT DISTINCT entity.id FROM owed, unnest(owed.entity_ids) AS entity(id) WHERE owed.topic = 'price' LIMIT ${MOST_LISTED}) AS "productIds"
      FROM failed GROUP BY layer`
    return rows.map(({ layer, failures, detail, lastAt, productIds }) => ({
      dedupKey: `purge:${layer}`,
      kind: 'purge-failing',
      severity: 'critical',
      summary:
        `The ${layer} did not take purges: ${failures} failed${productIds.length > 0 ? `, and ${nameProducts(productIds)} wait for it` : ''}. They are tried again. ${answerIn(detail)}`.trim(),
      detail: {
        layer,
        productId: productIds[0] ?? null,
        productIds,
        failures,
        lastAt: lastAt.toISOString(),
        answer: JSON.stringify(detail).slice(0, 1_000),
      },
    }))
  },
}
