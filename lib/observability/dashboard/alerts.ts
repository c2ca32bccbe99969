/** Alerts as the pages list them. */
import { z } from 'zod'
import type { Db } from '#lib/platform/db.ts'
import type { AlertModel } from '#lib/generated/prisma/models.ts'
import type { AlertRow } from './shapes.ts'

/** The dashboard is sent again every two seconds; the page of alerts lists more. */
const ON_DASHBOARD = 20
export const MOST_LISTED = 500
const MAX_PRODUCTS = 5

const about = z.object({
  layer: z.string().nullish(),
  productId: z.number().nullish(),
  productIds: z.array(z.number()).nullish(),
})

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

/** Alerts that concern shoppers come first, then the newest. */
export async function openAlerts(db: Db, limit = ON_DASHBOARD): Promise<AlertRow[]> {
  return (
    await db.alert.findMany({
      where: { resolvedAt: null },
      orderBy: [{ severity: 'asc' }, { raisedAt: 'desc' }, { id: 'desc' }],
      take: limit,
    })
  ).map(rowOf)
}

export function openAlertCount(db: Db): Promise<number> {
  return db.alert.count({ where: { resolvedAt: null } })
}

export async function resolvedAlerts(db: Db, limit = 10): Promise<AlertRow[]> {
  return (
    await db.alert.findMany({ where: { resolvedAt: { not: null } }, orderBy: { resolvedAt: 'desc' }, take: limit })
  ).map(rowOf)
}
