import { z } from 'zod'
import { purgeReason, purgeScope } from '#lib/delivery/purge/scope.ts'
import type { PurgeOutcome } from '#lib/delivery/purge/purge.ts'
import type { PurgeProgress } from '#lib/delivery/purge/progress.ts'
import { WINDOW_NAMES } from '#lib/observability/dashboard/shapes.ts'
import { operation, takesNothing } from './operation.ts'

export const watchFreshness = operation({
  ...takesNothing,
  method: 'GET',
  path: '/api/admin/freshness/events',
  id: 'watchFreshness',
  tag: 'freshness',
  summary: 'The dashboard of freshness, as it changes. Ends after five minutes; connect again.',
  permission: 'freshness:read',
  query: z.strictObject({
    window: z.enum(WINDOW_NAMES).default('15m').meta({ description: 'How far back' }),
  }),
  answers: {
    200: {
      description: 'An event stream: each `snapshot` event is the whole dashboard as JSON',
      contentType: 'text/event-stream',
    },
  },
})

const outcome = z.object({
  correlationId: z.string(),
  target: z.string(),
  state: z
    .enum(['live', 'propagating'])
    .meta({ description: 'live: no read that starts now is answered from a copy made before' }),
  removed: z.int(),
}) satisfies z.ZodType<PurgeOutcome>

export const purgeCopies = operation({
  ...takesNothing,
  method: 'POST',
  path: '/api/admin/freshness/purge',
  id: 'purgeCopies',
  tag: 'freshness',
  summary: 'Break glass: throws away every copy of a product, a category, a language or everything.',
  permission: 'freshness:purge',
  body: z.strictObject({ scope: purgeScope, reason: purgeReason }),
  answers: { 200: { description: 'What was purged; `correlationId` asks for the progress', schema: outcome } },
})

const count = z.int().nullable()

export const watchPurge = operation({
  ...takesNothing,
  method: 'GET',
  path: '/api/admin/freshness/purge',
  id: 'watchPurge',
  tag: 'freshness',
  summary:
    'How far a purge has come: whether every layer was read back, and how many popular pages wait to be rendered again.',
  permission: 'freshness:read',
  query: z.strictObject({ correlationId: z.string().min(1).max(100) }),
  answers: {
    200: {
      description: 'The progress',
      schema: z.object({
        delivered: z.boolean(),
        lastError: z.string().nullable(),
        warming: z.array(z.object({ instance: z.string(), waiting: count, warmed: count })),
      }) satisfies z.ZodType<PurgeProgress>,
    },
  },
})
