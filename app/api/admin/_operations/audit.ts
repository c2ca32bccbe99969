import { z } from 'zod'
import type { AuditPage } from '#lib/audit/readAudit.ts'
import { operation, takesNothing } from './operation.ts'

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

export const readAuditLog = operation({
  ...takesNothing,
  method: 'GET',
  path: '/api/admin/audit',
  id: 'readAuditLog',
  tag: 'audit',
  summary: 'Who did what in the back office and why, the newest first, 50 entries a page.',
  permission: 'audit:read',
  query: z.strictObject({
    actor: text('An actor').meta({ description: 'a part of the name' }),
    action: text('An action').meta({ description: 'an action, or what it begins with: bulk.' }),
    target: text('A target').meta({ description: 'as written: product:42' }),
    from: instant,
    to: instant,
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
