import { readAudit } from '#lib/audit/readAudit.ts'
import { handle } from '../_http/handle.ts'
import { json } from '../_http/respond.ts'
import { readAuditLog } from '../_operations/audit.ts'

export const GET = handle(readAuditLog, async ({ principal, query }) => json(await readAudit(query, principal)))
