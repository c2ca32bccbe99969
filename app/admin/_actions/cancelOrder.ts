'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { z } from 'zod'
import { requirePermission } from '#lib/auth/requirePermission.ts'
import { cancelOrder } from '#lib/orders/cancelOrder.ts'
import { explainFailure } from '../_lib/explainFailure.ts'
import { unstorableField } from '../_lib/params.ts'

const form = z.object({
  number: z.string(),
  reason: z.string().trim().min(3, 'Say why, in a few words.').max(500, 'At most 500 characters.'),
})

export type CancelOrderState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'saved'; readonly state: 'live' | 'propagating'; readonly changed: boolean }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly message: string }

/** Cancels an order, from the form on its page. */
export async function cancel(_previous: CancelOrderState, data: FormData): Promise<CancelOrderState> {
  try {
    const clerk = await requirePermission(await headers(), 'orders:cancel')
    const unstorable = unstorableField(data)
    if (unstorable) return { kind: 'refused', reason: unstorable.message }
    const asked = form.safeParse(Object.fromEntries(data))
    if (!asked.success) {
      const [reason] = z.flattenError(asked.error).fieldErrors.reason ?? []
      return { kind: 'refused', reason: reason ?? 'The form is not complete. Load the page again.' }
    }
    const outcome = await cancelOrder(asked.data, clerk)
    if (!outcome) return { kind: 'failed', message: 'There is no such order.' }
    refresh()
    return { kind: 'saved', ...outcome }
  } catch (error) {
    return explainFailure(error, 'an order was not cancelled')
  }
}
