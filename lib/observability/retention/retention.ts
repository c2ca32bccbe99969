/** Every table that grows with edits, and how long its rows are kept. To delete from another table, add an entry. */
import { forgetAudit } from '#lib/audit/forgetAudit.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { env } from '#lib/platform/env.ts'
import { keptBulkEditRows } from './bulkEditRows.ts'
import { BATCH_ROWS, daysAgo, exists, type Kept, keptByAge } from './retentionRules.ts'
import { keptPriceChanges } from './priceChanges.ts'

const DELIVERY_DAYS = 35
const ALERT_DAYS = 90
const WRONG_READING_DAYS = 90
const FRESH_READING_HOURS = 24

const outbox: Kept = {
  table: 'outbox',
  days: DELIVERY_DAYS,
  why: 'rows that are done and indexed. The freshness objective looks back 30 days, and a Redis that starts from a file of last month can be brought up to date without a new index',
  async forget(db) {
    const [gone] = await db.$queryRaw<{ rows: number }[]>`
      SELECT forget_outbox(make_interval(days => ${DELIVERY_DAYS}), ${BATCH_ROWS}) AS rows`
    const rows = gone?.rows ?? 0
    return { rows, more: rows === BATCH_ROWS }
  },
  // As forget_outbox walks: the first rows, then their age.
  isLate: (db) =>
    exists(
      db,
      Prisma.sql`SELECT FROM (
        SELECT created_at FROM outbox WHERE done_at IS NOT NULL AND indexed_at IS NOT NULL ORDER BY id LIMIT 1) first
        WHERE created_at < ${daysAgo(DELIVERY_DAYS + 1)}`,
    ),
}

function auditLog(): Kept {
  const days = env().AUDIT_KEPT_DAYS
  return {
    table: 'audit_log',
    days,
    why: '`AUDIT_KEPT_DAYS`: a year and a month. The database refuses less than 90',
    async forget(db) {
      const rows = await forgetAudit(db, days, BATCH_ROWS)
      return { rows, more: rows === BATCH_ROWS }
    },
    isLate: (db) => exists(db, Prisma.sql`SELECT FROM audit_log WHERE at < ${daysAgo(days + 1)}`),
  }
}

/** A new state of what is under way: of one monitor. */
export function retention(): readonly Kept[] {
  return [
    outbox,
    keptByAge(
      'invalidations',
      DELIVERY_DAYS,
      'the same, because they belong to outbox rows; longer while the outbox row is not done',
      (days) => Prisma.sql`
        SELECT id FROM invalidations WHERE created_at < ${daysAgo(days)}
          AND NOT outbox_ids && ARRAY(SELECT o.id FROM outbox o WHERE o.done_at IS NULL)
        ORDER BY created_at`,
    ),
    keptPriceChanges(),
    auditLog(),
    keptBulkEditRows,
    keptByAge(
      'alerts',
      ALERT_DAYS,
      'resolved alerts whose messages were sent, so that incidents of a quarter can be compared',
      (days) => Prisma.sql`
        SELECT id FROM alerts WHERE resolved_at < ${daysAgo(days)} ORDER BY resolved_at`,
    ),
    keptByAge(
      'probe_readings',
      WRONG_READING_DAYS,
      'wrong readings with their evidence. A fresh reading is kept for a day, the longest window of the dashboard',
      (days) => Prisma.sql`
        SELECT id FROM probe_readings
        WHERE probed_at < statement_timestamp() - make_interval(days => ${days - WRONG_READING_DAYS}, hours => ${FRESH_READING_HOURS})
          AND (verdict = 'fresh' OR probed_at < ${daysAgo(days)})
        ORDER BY id`,
    ),
  ]
}
