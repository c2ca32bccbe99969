/** Alerts as the pages list them. */
import { z } from 'zod'
import type { Db } from '#lib/platform/db.ts'
import type { AlertModel } from '#lib/generated/prisma/models.ts'
import type { AlertRow } from './shapes.ts'

const MAX_ROWS = 50
const MAX_PRODUCTS = 5

const about = z.object({ layer: z.string().nullish(), productId: z.number().nullish(), productIds: z.array(z.number()).nullish() })

function rowOf({ id, kind, severity, summary, detail, raisedAt, lastSeenAt, resolvedAt }: AlertModel): AlertRow {
  const { layer, productId, productIds } = about.safeParse(detail).data ?? {}
  return {
    id: id.toString(),
    kind,
    severity,
    summary,
    layer: layer ?? null,
    productIds: [...new Set([...(productId ? [productId] : []), ...(productIds ?? [])])].slice(0, MAX_PRODUCTS),
    evidence: JSON.stringify(detail, null, 2),
    raisedAt: raisedAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    resolvedAt: resolvedAt?.toISOString() ?? null,
  }
}

export async function openAlerts(db: Db): Promise<AlertRow[]> {
  return (await db.alert.findMany({ where: { resolvedAt: null }, orderBy: { raisedAt: 'desc' }, take: MAX_ROWS })).map(rowOf)
}

export async function resolvedAlerts(db: Db, limit = 10): Promise<AlertRow[]> {
  return (await db.alert.findMany({ where: { resolvedAt: { not: null } }, orderBy: { resolvedAt: 'desc' }, take: limit })).map(rowOf)
}
