/** Alerts as the pages list them. */
import type { Db } from '#lib/platform/db.ts'
import type { AlertModel } from '#lib/generated/prisma/models.ts'
import type { AlertRow } from './shapes.ts'

const MAX_ROWS = 50

function rowOf({ id, kind, severity, summary, raisedAt, lastSeenAt, resolvedAt }: AlertModel): AlertRow {
  return {
    id: id.toString(),
    kind,
    severity,
    summary,
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
