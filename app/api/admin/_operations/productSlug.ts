import { z } from 'zod'
import { isSlug } from '#lib/catalog/resources.ts'
import type { RenameOutcome } from '#lib/pricing/renameProduct.ts'
import { operation, takesNothing, wholeNumber } from './operation.ts'

const outcome = z.object({
  state: z
    .enum(['live', 'propagating'])
    .meta({ description: 'live: every address answers what is true now to each request from here on' }),
  correlationId: z.string(),
  productId: z.int(),
  slug: z.string(),
  changed: z.boolean().meta({ description: 'false: it had this slug already' }),
  version: z.int().meta({ description: 'Of the product, not of its price' }),
}) satisfies z.ZodType<RenameOutcome>

export const setProductSlug = operation({
  ...takesNothing,
  method: 'PUT',
  path: '/api/admin/products/{id}/slug',
  id: 'setProductSlug',
  tag: 'products',
  summary:
    'Gives the page of a product another address. Its former ones answer 301, in one step, until another product takes one of them.',
  permission: 'products:write',
  params: z.strictObject({ id: wholeNumber('A product id') }),
  body: z.strictObject({
    slug: z
      .string('Say the new slug, such as "oak-chair".')
      .refine(isSlug, 'A slug is lower-case letters and digits with single hyphens between them, such as "oak-chair".'),
    reason: z
      .string('Say why, in a few words.')
      .trim()
      .min(3, 'Say why, in a few words.')
      .max(500, 'At most 500 characters.'),
  }),
  answers: { 200: { description: 'The product, as it is now', schema: outcome } },
})
