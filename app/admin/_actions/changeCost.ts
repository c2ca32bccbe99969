'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { z } from 'zod'
import { isAccessError, SignedOutError } from '#lib/access/errors.ts'
import { requirePermission } from '#lib/auth/requirePermission.ts'
import { parseMoney } from '#lib/money/money.ts'
import { logger } from '#lib/platform/logger.ts'
import { setCosts } from '#lib/pricing/costs.ts'
import { PriceChangeRefusedError, PricesBusyError, PriceStoreUnavailableError } from '#lib/pricing/errors.ts'

const form = z.object({ productId: z.coerce.number().int().positive(), cost: z.string().max(100) })

export type ChangeCostState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'saved' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }

function explain(error: unknown): ChangeCostState {
  if (error instanceof SignedOutError)
    return { kind: 'failed', message: 'Your session has ended: sign in again. Nothing was changed.' }
  if (error instanceof PriceChangeRefusedError) return { kind: 'failed', message: error.message }
  if (isAccessError(error) || error instanceof PricesBusyError || error instanceof PriceStoreUnavailableError)
    return { kind: 'failed', message: error.message }
  logger('admin').error({ err: error }, 'the cost of a product was not set')
  return { kind: 'failed', message: 'Something went wrong on our side. Load the page again to see what was saved.' }
}

/** Sets what a product costs the shop, as the form on its page asks. Empty: not known. */
export async function setCost(_previous: ChangeCostState, data: FormData): Promise<ChangeCostState> {
  try {
    const editor = await requirePermission(await headers(), 'prices:write')
    const asked = form.safeParse(Object.fromEntries(data))
    if (!asked.success) return { kind: 'failed', message: 'The form is not complete. Load the page again.' }
    const { productId, cost } = asked.data
    const money = cost.trim() === '' ? undefined : parseMoney(cost)
    if (money && !money.ok) return { kind: 'refused', message: money.message }
    await setCosts(editor, [{ productId, costCents: money?.amountMinor ?? null }])
    refresh()
    return { kind: 'saved' }
  } catch (error) {
    return explain(error)
  }
}
