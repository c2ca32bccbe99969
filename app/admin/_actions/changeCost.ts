'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { z } from 'zod'
import { requirePermission } from '#lib/auth/requirePermission.ts'
import { currencyOf } from '#lib/money/currencies.ts'
import { parseMoney } from '#lib/money/money.ts'
import { setCosts } from '#lib/pricing/costs.ts'
import { PriceChangeRefusedError } from '#lib/pricing/errors.ts'
import { explainFailure } from '../_lib/explainFailure.ts'

const form = z.object({
  productId: z.coerce.number().int().positive(),
  cost: z.string().max(100),
  currency: z.string().regex(/^[A-Z]{3}$/),
})

export type ChangeCostState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'saved' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }

/** Sets the cost of a product from the form on its page. Empty: not known. */
export async function setCost(_previous: ChangeCostState, data: FormData): Promise<ChangeCostState> {
  try {
    const editor = await requirePermission(await headers(), 'prices:write')
    const asked = form.safeParse(Object.fromEntries(data))
    if (!asked.success) return { kind: 'failed', message: 'The form is not complete. Load the page again.' }
    const { productId, cost, currency } = asked.data
    const money = cost.trim() === '' ? undefined : parseMoney(cost, currencyOf(currency))
    if (money && !money.ok) return { kind: 'refused', message: money.message }
    await setCosts(editor, [{ productId, costCents: money?.amountMinor ?? null }])
    refresh()
    return { kind: 'saved' }
  } catch (error) {
    if (error instanceof PriceChangeRefusedError) return { kind: 'failed', message: error.message }
    return explainFailure(error, 'the cost of a product was not set')
  }
}
