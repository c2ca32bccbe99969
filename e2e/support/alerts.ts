/** Alerts as the database has them, for tests that wait for one. */
import { z } from 'zod'
import type { Database } from './database.ts'

const alert = z.object({
  id: z.string(),
  kind: z.string(),
  summary: z.string(),
  detail: z
    .object({
      layer: z.string().optional(),
      productId: z.number().nullish(),
      productIds: z.array(z.number()).optional(),
      url: z.string().optional(),
    })
    .loose(),
  raisedAt: z.date(),
  resolvedAt: z.date().nullable(),
})
export type SeenAlert = z.infer<typeof alert>

/** All that were raised after `since`, the oldest first. */
export async function alertsSince(database: Database, since: Date): Promise<SeenAlert[]> {
  const rows = await database.sql(
    'SELECT id, kind, summary, detail, raised_at AS "raisedAt", resolved_at AS "resolvedAt" FROM alerts WHERE raised_at >= $1 ORDER BY id',
    [since],
  )
  return z.array(alert).parse(rows)
}

/** True when the alert says that it is about this product. */
export function isAbout({ detail }: SeenAlert, productId: number): boolean {
  return detail.productId === productId || (detail.productIds ?? []).includes(productId)
}
