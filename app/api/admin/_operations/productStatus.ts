import { z } from 'zod'
import type { StatusOutcome } from '#lib/pricing/changeStatus.ts'
import { operation, takesNothing, wholeNumber } from './operation.ts'

const status = z.enum(['active', 'discontinued'], 'A status is active or discontinued.')

const outcome = z.object({
  state: z
    .enum(['live', 'propagating'])
    .meta({ description: 'live: every page, list and feed that is read from now on shows it' }),
  correlationId: z.string(),
  productId: z.int(),
  status,
  changed: z.boolean().meta({ description: 'false: it had this status already' }),
  version: z.int().meta({ description: 'Of the product, not of its price' }),
}) satisfies z.ZodType<StatusOutcome>

export const setProductStatus = operation({
  ...takesNothing,
  method: 'PUT',
  path: '/api/admin/products/{id}/status',
  id: 'setProductStatus',
  tag: 'products',
  summary:
    'Takes a product off the shelves, or puts it back. Discontinued, its page answers 410 with alternatives, and it leaves lists, search, recommendations, product feeds and sitemaps.',
  permission: 'products:write',
  params: z.strictObject({ id: wholeNumber('A product id') }),
  body: z.strictObject({
    status,
    reason: z
      .string('Say why, in a few words.')
      .trim()
      .min(3, 'Say why, in a few words.')
      .max(500, 'At most 500 characters.'),
  }),
  answers: { 200: { description: 'The product, as it is now', schema: outcome } },
})
