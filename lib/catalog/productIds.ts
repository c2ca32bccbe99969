import { z } from 'zod'

/** More than the largest page follows: 24 groups of ten products. */
const MAX_IDS = 400

const schema = z
  .string()
  .regex(/^\d{1,9}(,\d{1,9})*$/, 'ids must be product numbers separated by commas, such as ids=1,2')
  .transform((text) => [...new Set(text.split(',').map(Number))])
  .refine((ids) => ids.length <= MAX_IDS, `at most ${MAX_IDS} ids a request`)

/** Reads `ids=1,2` of a query. @returns the distinct ids, or a message for the caller */
export function parseProductIds(search: URLSearchParams): { ids: number[] } | { error: string } {
  const result = schema.safeParse(search.get('ids') ?? '')
  return result.success ? { ids: result.data } : { error: result.error.issues.map((issue) => issue.message).join('; ') }
}
