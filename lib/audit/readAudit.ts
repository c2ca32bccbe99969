import { assertMay, type Principal } from '#lib/access/principal.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import type { Db } from '#lib/platform/db.ts'
import { fromReplica } from '#lib/platform/replica.ts'

export const AUDIT_PAGE = 50

export interface AuditFilter {
  /** A part of the name, in upper or lower case. */
  readonly actor?: string | undefined
  /** An action, or what actions begin with: `bulk.` */
  readonly action?: string | undefined
  /** As written: `product:42`. */
  readonly target?: string | undefined
  /** ISO 8601; the first is included, the second is not. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Only entries older than this one. */
  readonly before?: string | undefined
}

export interface AuditView {
  readonly id: string
  /** ISO 8601 */
  readonly at: string
  readonly actor: string
  readonly via: string
  readonly action: string
  readonly target: string | null
  readonly reason: string | null
  readonly detail: unknown
  readonly correlationId: string | null
}

export interface AuditPage {
  readonly entries: readonly AuditView[]
  /** The `before` of the next, older page; null on the last one. */
  readonly next: string | null
}

/** One step along an index for each of them: an entry that no index leads to costs a microsecond, and the log keeps many of each. */
async function actorsNamed(db: Db, part: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ actor: string }[]>`
    WITH RECURSIVE actors AS (
      (SELECT actor FROM audit_log ORDER BY actor LIMIT 1)
      UNION ALL SELECT (SELECT a.actor FROM audit_log a WHERE a.actor > known.actor ORDER BY a.actor LIMIT 1)
      FROM actors known WHERE known.actor IS NOT NULL)
    SELECT actor FROM actors WHERE strpos(lower(actor), lower(${part})) > 0`
  return rows.map(({ actor }) => actor)
}

type Where = Omit<AuditFilter, 'actor'> & { readonly actors: readonly string[] | undefined }

function whereOf({ actors, action, target, from, to, before }: Where): Prisma.AuditEntryWhereInput {
  return {
    ...(actors && { actor: { in: [...actors] } }),
    ...(action && { action: { startsWith: action } }),
    ...(target && { target }),
    ...((from || to) && { at: { ...(from && { gte: from }), ...(to && { lt: to }) } }),
    ...(before && { id: { lt: BigInt(before) } }),
  }
}

async function newest({ actor, ...filter }: AuditFilter, most: number): Promise<AuditView[]> {
  const rows = await fromReplica(async (db) => {
    const where = whereOf({ ...filter, actors: actor ? await actorsNamed(db, actor) : undefined })
    return db.auditEntry.findMany({ where, orderBy: { id: 'desc' }, take: most })
  })
  return rows.map(({ id, at, ...rest }) => ({ ...rest, id: id.toString(), at: at.toISOString() }))
}

/** The newest entries that match. @throws {MissingPermissionError} */
export async function readAudit(filter: AuditFilter, principal: Principal): Promise<AuditPage> {
  assertMay(principal, 'audit:read')
  const found = await newest(filter, AUDIT_PAGE + 1)
  const entries = found.slice(0, AUDIT_PAGE)
  return { entries, next: found.length > AUDIT_PAGE ? (entries.at(-1)?.id ?? null) : null }
}

/** Entries in memory at a time, for a slow reader. */
const CHUNK = 1_000

async function* allOf(filter: AuditFilter): AsyncGenerator<AuditView> {
  let before = filter.before
  for (;;) {
    const found = await newest({ ...filter, before }, CHUNK)
    yield* found
    if (found.length < CHUNK) return
    before = found.at(-1)?.id
  }
}

/** All entries that match, the newest first, as they are read. @throws {MissingPermissionError} at once */
export function readWholeAudit(filter: AuditFilter, principal: Principal): AsyncGenerator<AuditView> {
  assertMay(principal, 'audit:read')
  return allOf(filter)
}
