/** The scope of a purge. */
import { z } from 'zod'

const id = (what: string) =>
  z.coerce
    .number(`The id of a ${what} is a whole number.`)
    .int(`The id of a ${what} is a whole number.`)
    .min(1)
    .max(2_147_483_647)

export const purgeScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('product'), id: id('product') }),
  z.strictObject({ kind: z.literal('category'), id: id('category') }),
  z.strictObject({ kind: z.literal('locale'), locale: z.string().regex(/^[a-z]{2}$/, 'A language is two letters.') }),
  z.strictObject({ kind: z.literal('everything') }),
])
export type PurgeScope = z.output<typeof purgeScope>

export const purgeReason = z
  .string('Say why.')
  .trim()
  .min(3, 'Say why, in a few words.')
  .max(500, 'At most 500 characters.')

/** `product:42`, as the audit log names it. */
export function scopeTarget(scope: PurgeScope): string {
  if (scope.kind === 'locale') return `locale:${scope.locale}`
  return scope.kind === 'everything' ? 'catalog' : `${scope.kind}:${scope.id}`
}

/** The text that the administrator types to confirm: `purge product 42`. */
export function confirmationOf(scope: PurgeScope): string {
  if (scope.kind === 'everything') return 'purge everything'
  return `purge ${scope.kind} ${scope.kind === 'locale' ? scope.locale : scope.id}`
}
