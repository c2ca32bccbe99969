import { readWholeAudit, type AuditView } from '#lib/audit/readAudit.ts'
import { guardText } from '#lib/pricing/bulk/csv/formulaGuard.ts'
import { writeCsv } from '#lib/pricing/bulk/csv/writeCsv.ts'
import { csv } from '../../_http/csv.ts'
import { handle } from '../../_http/handle.ts'
import { exportAuditLog } from '../../_operations/audit.ts'

const HEADER = ['at', 'actor', 'via', 'action', 'target', 'reason', 'detail', 'correlation_id', 'id']

/** Strangers choose the names that they are refused under, so each text is guarded. */
function cellsOf({ at, actor, via, action, target, reason, detail, correlationId, id }: AuditView): string[] {
  const texts = [actor, via, action, target ?? '', reason ?? '', JSON.stringify(detail), correlationId ?? '']
  return [at, ...texts.map(guardText), id]
}

async function* rows(entries: AsyncIterable<AuditView>): AsyncGenerator<string[]> {
  for await (const entry of entries) yield cellsOf(entry)
}

export const GET = handle(exportAuditLog, async ({ principal, query: { byteOrderMark: bom = false, ...filter } }) =>
  csv(writeCsv(HEADER, rows(readWholeAudit(filter, principal)), { bom }), 'audit-log.csv'),
)
