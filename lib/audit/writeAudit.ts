import type { Principal } from '#lib/access/principal.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { correlationId as currentCorrelationId } from '#lib/platform/correlation.ts'
import type { AuditAction } from './actions.ts'

/** The actor, as far as the log is concerned. */
export type AuditActor = Pick<Principal, 'actor' | 'kind'>

export interface AuditInput {
  readonly action: AuditAction
  /** The target of the action: `product:42`, `bulk_edit:ID`, `token:NAME`, `account:EMAIL`, `file:OPERATION`. */
  readonly target?: string | undefined
  readonly reason?: string | undefined
  /** Facts that a reader needs to understand the action; no secret, and nothing that grows with the size of an edit. */
  readonly detail?: Prisma.InputJsonObject
  /** By default that of the work under way. */
  readonly correlationId?: string | undefined
}

/** A reason and a target come from people: a page of the log must stay readable. */
const LONGEST = 500
const NOTHING_FOUND = { detail: Prisma.sql`'{}'`, from: Prisma.empty }

/**
 * The statement that adds an entry.
 * @param found of a statement that this one is a part of: `detail`, an SQL expression of further facts as jsonb, and `from`, what it is
 *   read from and when; no row there, no entry
 */
export function auditSql(
  who: AuditActor,
  entry: AuditInput,
  found: { readonly detail: Prisma.Sql; readonly from: Prisma.Sql } = NOTHING_FOUND,
): Prisma.Sql {
  const { action, target, reason, detail = {}, correlationId = currentCorrelationId() } = entry
  return Prisma.sql`
    INSERT INTO audit_log (actor, via, action, target, reason, detail, correlation_id)
    SELECT ${who.actor}, ${who.kind}, ${action}, ${target?.slice(0, LONGEST) ?? null}, ${reason?.slice(0, LONGEST) ?? null},
      ${JSON.stringify(detail)}::jsonb || ${found.detail}, ${correlationId ?? null} ${found.from}`
}

/**
 * Adds an entry to the audit log, in which no entry can be changed afterwards.
 * @param db the transaction of the action itself where there is one, so that neither is there without the other
 * @param who the principal that was let in
 * @example await writeAudit(tx, principal, { action: 'bulk.approve', target: `bulk_edit:${id}`, reason })
 */
export async function writeAudit(
  db: Pick<Prisma.TransactionClient, '$executeRaw'>,
  who: AuditActor,
  entry: AuditInput,
): Promise<void> {
  await db.$executeRaw`${auditSql(who, entry)}`
}
