/** The body of `POST /api/admin/prices`: as changeRequest.ts, but an amount may also be a text, read by the rule of money.ts. */
import { z } from 'zod'
import {
  amountSchema,
  changeSchema,
  confirmationsSchema,
  MAX_CHANGES,
  type PriceChangeInput,
  reasonSchema,
} from './changeRequest.ts'
import { PriceChangeRefusedError, type PriceChangeIssue } from './errors.ts'
import { currencyOf, SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { parseMoney } from '#lib/money/money.ts'
import { fromWire, toWire } from '#lib/money/wire.ts'
import type { PriceChangeOutcome } from './changePrices.ts'

const { productId, currency, expectedVersion } = changeSchema.shape

const apiChangeSchema = z.strictObject({
  productId,
  amountCents: amountSchema.optional(),
  /** Absent: as it is. Null: none. */
  compareAtCents: amountSchema.nullable().optional(),
  currency,
  expectedVersion,
  amount: z.string('Write the amount as a text, such as "12.90".').optional(),
})

export const apiChangesSchema = z.strictObject(
  {
    changes: z
      .array(apiChangeSchema, 'List the changes.')
      .min(1, 'List at least one change.')
      .max(MAX_CHANGES, `At most ${MAX_CHANGES} changes fit into one request.`),
    reason: reasonSchema,
    confirmations: confirmationsSchema.meta({
      description:
        'the phrases of error.confirmations, for changes beyond the limits of the role: sent by the one who means them',
    }),
  },
  'Send an object with "changes" and "reason".',
)

type ApiChange = z.output<typeof apiChangeSchema>

/** @returns the amount in cents, or what is wrong with it */
function amountOf({
  amountCents,
  amount,
  currency: code = SHOP_CURRENCY.code,
}: ApiChange): number | { field: string; message: string } {
  if (amount !== undefined && amountCents !== undefined)
    return { field: 'amount', message: 'Send amountCents or amount, not both.' }
  if (amount === undefined)
    return (
      amountCents ?? {
        field: 'amountCents',
        message: 'An amount is missing: amountCents in whole cents, or amount as a text.',
      }
    )
  const parsed = parseMoney(amount, currencyOf(code))
  return parsed.ok ? parsed.amountMinor : { field: 'amount', message: parsed.message }
}

/**
 * @param body as its schema has it
 * @throws {PriceChangeRefusedError} naming every amount that is wrong
 */
export function changesOf({ changes: sent, reason, confirmations }: z.output<typeof apiChangesSchema>): {
  changes: PriceChangeInput[]
  reason: string
  confirmations: string[]
} {
  const issues: PriceChangeIssue[] = []
  const changes = sent.flatMap((change, i): PriceChangeInput[] => {
    const amountCents = amountOf(change)
    if (typeof amountCents === 'number') {
      const { amount: text, ...rest } = change
      // A text is in units of a currency: a price in another one is no such amount.
      const stated = text === undefined ? {} : { currency: rest.currency ?? SHOP_CURRENCY.code }
      return [fromWire({ ...rest, ...stated, amountCents })]
    }
    issues.push({
      field: `changes[${i}].${amountCents.field}`,
      productId: change.productId,
      message: amountCents.message,
    })
    return []
  })
  if (issues.length > 0) throw new PriceChangeRefusedError(issues)
  return { changes, reason, confirmations }
}

/** The answer, with the names of the contract. */
export function apiOutcome(outcome: PriceChangeOutcome) {
  return { ...outcome, results: outcome.results.map(toWire) }
}
