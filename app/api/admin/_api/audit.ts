/** The audit log. */
import { z } from 'zod'
import { type AuditPage, type AuditView, readAudit, readWholeAudit } from '#lib/audit/readAudit.ts'
import { yesOrNo } from '#lib/platform/http/queryParts.ts'
import { guardText } from '#lib/pricing/bulk/csv/formulaGuard.ts'
import { writeCsv } from '#lib/pricing/bulk/csv/writeCsv.ts'
import { answer, api, endpoint, file, FOR_SPREADSHEETS } from './endpoint.ts'
import { csv } from './http/csv.ts'
import { reply } from './reply.ts'

const entry = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  actor: z.string(),
  via: z.string().meta({ description: 'session, token or shell' }),
  action: z.string(),
  target: z.string().nullable(),
  reason: z.string().nullable(),
  detail: z.unknown(),
  correlationId: z.string().nullable(),
})

const text = (what: string) => z.string().trim().max(200, `${what} has at most 200 characters.`).optional()
const instant = z.iso.datetime({ offset: true, error: 'A time is ISO 8601: 2026-11-21T09:00:00Z.' }).optional()

const filters = {
  actor: text('An actor').meta({ description: 'a part of the name' }),
  action: text('An action').meta({ description: 'an action, or what it begins with: bulk.' }),
  target: text('A target').meta({ description: 'as written: product:42' }),
  from: instant,
  to: instant,
} as const

const HEADER = ['at', 'actor', 'via', 'action', 'target', 'reason', 'detail', 'correlation_id', 'id']

/** Strangers choose the names that they are refused under, so each text is guarded. */
function cellsOf({ at, actor, via, action, target, reason, detail, correlationId, id }: AuditView): string[] {
  const texts = [actor, via, action, target ?? '', reason ?? '', JSON.stringify(detail), correlationId ?? '']
  return [at, ...texts.map(guardText), id]
}

async function* rows(entries: AsyncIterable<AuditView>): AsyncGenerator<string[]> {
  for await (const entry of entries) yield cellsOf(entry)
}

export const audit = api()
  .openapi(
    endpoint({
      method: 'get',
      path: '/audit',
      operationId: 'readAuditLog',
      tag: 'audit',
      summary: 'Who did what in the back office and why, the newest first, 50 entries a page.',
      permission: 'audit:read',
      request: {
        query: z.strictObject({
          ...filters,
          before: z
            .string()
            .regex(/^[1-9]\d{0,17}$/, 'The id of an entry.')
            .optional()
            .meta({ description: '`next` of the page before' }),
        }),
      },
      responses: {
        200: answer(
          'A page of the log',
          z.object({ entries: z.array(entry), next: z.string().nullable() }) satisfies z.ZodType<AuditPage>,
        ),
      },
    }),
    async (c) => reply(c, await readAudit(c.req.valid('query'), c.var.principal), 200),
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/audit/export',
      operationId: 'exportAuditLog',
      tag: 'audit',
      summary: 'The entries that match as a file, the newest first. The export is an entry itself.',
      permission: 'audit:read',
      request: { query: z.strictObject({ ...filters, byteOrderMark: yesOrNo.optional().meta(FOR_SPREADSHEETS) }) },
      responses: { 200: file('The file: at, actor, via, action, target, reason, detail, correlation_id, id') },
    }),
    async (c) => {
      const { byteOrderMark: bom = false, ...filter } = c.req.valid('query')
      return csv(writeCsv(HEADER, rows(readWholeAudit(filter, c.var.principal)), { bom }), 'audit-log.csv')
    },
  )
