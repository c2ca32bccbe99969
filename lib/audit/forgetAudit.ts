import type { Db } from '#lib/platform/db.ts'

/** Entries that one statement deletes: a tenth of a second, for which nobody waits. */
const MOST = 5_000

/**
 * Deletes the oldest entries of the audit log, by the one function of the database that may: it runs as the owner of the table, and
 * refuses an age below 90 days. The role of the application has no other way.
 * @param days that an entry is kept, at least 90
 * @returns how many are gone: called again, more go
 */
export async function forgetAudit(db: Db, days: number, most = MOST): Promise<number> {
  const [gone] = await db.$queryRaw<{ rows: number }[]>`
    SELECT forget_audit(make_interval(days => ${days}::int), ${most}::int) AS rows`
  return gone?.rows ?? 0
}
