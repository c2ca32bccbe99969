/** Throwing copies away. */
import { z } from 'zod'
import { type PurgeProgress, purgeProgress } from '#lib/delivery/purge/progress.ts'
import { purge, type PurgeOutcome } from '#lib/delivery/purge/purge.ts'
import { purgeReason, purgeScope } from '#lib/delivery/purge/scope.ts'
import { webParts } from '#lib/web/parts.ts'
import { answer, api, endpoint, json } from './endpoint.ts'
import { NotFoundError } from './http/errors.ts'
import { reply } from './reply.ts'

const outcome = z.object({
  correlationId: z.string(),
  target: z.string(),
  state: z
    .enum(['live', 'propagating'])
    .meta({ description: 'live: no read that starts now is answered from a copy made before' }),
  removed: z.int(),
}) satisfies z.ZodType<PurgeOutcome>

const count = z.int().nullable()

export const freshness = api()
  .openapi(
    endpoint({
      method: 'get',
      path: '/freshness/purge',
      operationId: 'watchPurge',
      tag: 'freshness',
      summary:
        'How far a purge has come: whether every layer was read back, and how many popular pages wait to be rendered again.',
      permission: 'freshness:read',
      request: { query: z.strictObject({ correlationId: z.string().min(1).max(100) }) },
      responses: {
        200: answer(
          'The progress',
          z.object({
            delivered: z.boolean(),
            lastError: z.string().nullable(),
            warming: z.array(z.object({ instance: z.string(), waiting: count, warmed: count })),
          }) satisfies z.ZodType<PurgeProgress>,
        ),
      },
    }),
    async (c) => reply(c, await purgeProgress(webParts().db, c.req.valid('query').correlationId), 200),
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/freshness/purge',
      operationId: 'purgeCopies',
      tag: 'freshness',
      summary: 'Break glass: throws away every copy of a product, a category, a language or everything.',
      permission: 'freshness:purge',
      request: { body: json(z.strictObject({ scope: purgeScope, reason: purgeReason })) },
      responses: { 200: answer('What was purged; `correlationId` asks for the progress', outcome) },
    }),
    async (c) => {
      const { scope, reason } = c.req.valid('json')
      const outcome = await purge(webParts(), scope, reason, c.var.principal)
      if (!outcome) throw new NotFoundError(scope.kind)
      return reply(c, outcome, 200)
    },
  )
