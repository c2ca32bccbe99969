import { z } from 'zod'
import { type CostsOutcome, costsSchema } from '#lib/pricing/costs.ts'
import { operation, takesNothing } from './operation.ts'

const schema = z.object({
  changed: z.int(),
  conflicts: z.array(z.int()).meta({ description: 'products whose cost is at another version than the one expected' }),
}) satisfies z.ZodType<CostsOutcome>

export const replaceCosts = operation({
  ...takesNothing,
  method: 'PUT',
  path: '/api/admin/costs',
  id: 'replaceCosts',
  tag: 'prices',
  summary:
    'What products cost the shop, in minor units of the currency of their prices; null: not known. Never public, and no price changes.',
  permission: 'prices:write',
  body: costsSchema,
  maxBodyBytes: 8 * 1024 * 1024,
  example: { costs: [{ productId: 42, costCents: 640 }] },
  answers: {
    200: { description: 'How many of them are others now', schema },
  },
})
