/** The form of a request to change prices. Values only: whether the product exists is planChanges' question. */
import { z } from 'zod'
import { PriceChangeRefusedError, type PriceChangeIssue } from './errors.ts'
import { MAX_AMOUNT, SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { showMoney } from '#lib/money/money.ts'

export const MAX_CHANGES = 500
const MAX_REASON_LENGTH = 500
/** The sources of a call; the triggers write `sql` for a write past the application. */
const SOURCES = ['editor', 'api', 'csv', 'schedule'] as const

const id = z
  .int('A product id is a whole number.')
  .min(1, 'A product id is above zero.')
  .max(2_147_483_647, 'A product id is at most 2147483647.')
export const amountSchema = z
  .int('An amount is a whole number of cents.')
  .min(1, 'A price is above zero.')
  .max(MAX_AMOUNT, `The highest price is ${showMoney(MAX_AMOUNT)}.`)

export const changeSchema = z.strictObject({
  productId: id,
  amountMinor: amountSchema,
  /** Absent: as it is. Null: none. */
  compareAtMinor: amountSchema.nullable().optional(),
  /** Absent: that of the price. Another one is refused, nothing is converted. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, `A currency is a code such as ${SHOP_CURRENCY.code}.`)
    .optional(),
  /** The version that the editor saw. When the price has moved on, this row is a conflict and stays as it is. */
  expectedVersion: z.int('A version is a whole number.').min(1, 'A version is above zero.').optional(),
})

export const reasonSchema = z
  .string('Say why the price changes.')
  .trim()
  .min(1, 'Say why the price changes.')
  .max(MAX_REASON_LENGTH, `A reason has at most ${MAX_REASON_LENGTH} characters.`)

/** The phrases by which the caller confirms what goes beyond its limits: as an approval of a bulk edit takes them. */
export const confirmationsSchema = z
  .array(
    z.string('A confirmation is a text.').max(200, 'A confirmation has at most 200 characters.'),
    'List the confirmations.',
  )
  .max(10, 'At most 10 confirmations fit into one request.')
  .default([])

const changeRequestSchema = z.strictObject({
  changes: z
    .array(changeSchema, 'List the changes.')
    .min(1, 'List at least one change.')
    .max(MAX_CHANGES, `At most ${MAX_CHANGES} changes fit into one request.`),
  reason: reasonSchema,
  confirmations: confirmationsSchema,
  source: z.enum(SOURCES),
  correlationId: z.string().min(1).max(100).optional(),
})

export type PriceChangeRequest = z.input<typeof changeRequestSchema>
export type CheckedRequest = z.output<typeof changeRequestSchema>
export type PriceChangeInput = z.output<typeof changeSchema>

/** `['changes', 0, 'amountMinor']` as `changes[0].amountMinor`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key}]` : name === '' ? String(key) : `${name}.${String(key)}`),
    '',
  )
}

/** The product that a path such as `changes[0].amountMinor` is about, where the request says so legibly. */
function productAt(request: unknown, path: readonly PropertyKey[]): { productId?: number } {
  const [list, index] = path
  if (list !== 'changes' || typeof index !== 'number') return {}
  const id = z.object({ changes: z.array(z.unknown()) }).safeParse(request).data?.changes[index]
  const named = z.object({ productId: changeSchema.shape.productId }).safeParse(id).data
  return named ?? {}
}

/** Zod's issues as ours. An unknown key is named itself, not the object that it stands in. */
export function issuesOf(error: z.ZodError, request?: unknown): PriceChangeIssue[] {
  return error.issues.flatMap((issue): PriceChangeIssue[] => {
    const about = productAt(request, issue.path)
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          field: fieldName([...issue.path, key]),
          message: 'There is no such field.',
          ...about,
        }))
      : [{ field: fieldName(issue.path) || 'body', message: issue.message, ...about }]
  })
}

/**
 * The request, checked.
 * @throws {PriceChangeRefusedError} naming every field that is wrong
 */
export function checkRequest(request: PriceChangeRequest): CheckedRequest {
  const result = changeRequestSchema.safeParse(request)
  const issues = result.success ? [] : issuesOf(result.error, request)
  const seen = new Set<number>()
  for (const [i, { productId }] of (result.data?.changes ?? []).entries()) {
    if (seen.has(productId))
      issues.push({ field: `changes[${i}].productId`, productId, message: `Product ${productId} is listed twice.` })
    seen.add(productId)
  }
  if (!result.success || issues.length > 0) throw new PriceChangeRefusedError(issues)
  return result.data
}
