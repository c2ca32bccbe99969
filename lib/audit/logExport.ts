import type { Principal } from '#lib/access/principal.ts'
import { db } from '#lib/platform/db.ts'
import { writeAudit } from './writeAudit.ts'

/** Characters of what was asked for: a list of ten thousand SKUs is no entry to read. */
const LONGEST_QUESTION = 500

/**
 * A file of the shop's data leaves it: the log names its principal before its first row is sent.
 * @param operation of the admin API @param asked what it was asked for
 */
export async function logExport(principal: Principal, operation: string, asked: unknown): Promise<void> {
  const detail = { asked: JSON.stringify(asked).slice(0, LONGEST_QUESTION) }
  await writeAudit(db(), principal, { action: 'data.export', target: `file:${operation}`, detail })
}
