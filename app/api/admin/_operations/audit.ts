import { z } from 'zod'
import type { AuditPage } from '#lib/audit/readAudit.ts'
import { FOR_SPREADSHEETS, operation, takesNothing, yesOrNo } from './operation.ts'

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

export const exportAuditLog = operation({
  ...takesNothing,
  method: 'GET',
  path: '/api/admin/audit/export',
  id: 'exportAuditLog',
  tag: 'audit',
  summary: 'The entries that match as a file, the newest first. The export is an entry itself.',
  permission: 'audit:read',
  query: z.strictObject({ ...filters, byteOrderMark: yesOrNo.optional().meta(FOR_SPREADSHEETS) }),
  answers: {
    200: {
      description: 'The file: at, actor, via, action, target, reason, detail, correlation_id, id',
      contentType: 'text/csv',
    },
  },
})

export const readAuditLog = operation({
  ...takesNothing,
  method: 'GET',
  path: '/api/admin/audit',
  id: 'readAuditLog',
  tag: 'audit',
  summary: 'Who did what in the back office and why, the newest first, 50 entries a page.',
  permission: 'audit:read',
  query: z.strictObject({
    ...filters,
    before: z
      .string()
      .regex(/^[1-9]\d{0,17}$/, 'The id of an entry.')
      .optional()
      .meta({ description: '`next` of the page before' }),
  }),
  answers: {
    200: {
      description: 'A page of the log',
      schema: z.object({ entries: z.array(entry), next: z.string().nullable() }) satisfies z.ZodType<AuditPage>,
    },
  },
})
