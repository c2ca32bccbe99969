import type { Db } from '#lib/platform/db.ts'

/**
 * Deletes the oldest entries of the audit log, by the one function of the database that may: it runs as the owner of the table, and
 * refuses an age below 90 days. The role of the application has no other way.
 * @param days that an entry is kept, at least 90 @param most entries that go at once
 * @returns how many are gone: called again, more go
 */
export async function forgetAudit(db: Db, days: number, most: number): Promise<number> {
  const [gone] = await db.$queryRaw<{ rows: number }[]>`
    SELECT forget_audit(make_interval(days => ${days}::int), ${most}::int) AS rows`
  return gone?.rows ?? 0
}
