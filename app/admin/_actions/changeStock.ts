'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { z } from 'zod'
import { requirePermission } from '#lib/auth/requirePermission.ts'
import { versioned } from '#lib/catalog/resources.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { changeStock } from '#lib/pricing/stock/changeStock.ts'
import { MAX_STOCK } from '#lib/pricing/stock/stockRows.ts'
import { explainFailure } from '../_lib/explainFailure.ts'
import { unstorableField } from '../_lib/params.ts'

const QUANTITY = 'Write a whole number, such as 12.'

const form = z.object({
  productId: z.coerce.number().int().positive(),
  expectedVersion: z.coerce.number().int().positive(),
  quantity: z
    .string()
    .trim()
    .regex(/^\d{1,10}$/, QUANTITY)
    .transform(Number)
    .pipe(z.number().max(MAX_STOCK, `At most ${MAX_STOCK}.`)),
  reason: z.string().trim().min(3, 'Say what happened, in a few words.').max(500, 'At most 500 characters.'),
})

export type ChangeStockState =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'saved'
      readonly state: 'live' | 'propagating'
      readonly quantity: number
      /** Undefined where there were as many. */
      readonly version: VersionedTag | undefined
    }
  | { readonly kind: 'conflict'; readonly quantity: number }
  | { readonly kind: 'refused'; readonly quantity?: string | undefined; readonly reason?: string | undefined }
  | { readonly kind: 'failed'; readonly message: string }

/** Sets the stock of a product at the version that the form was made from. */
export async function setStock(_previous: ChangeStockState, data: FormData): Promise<ChangeStockState> {
  try {
    const editor = await requirePermission(await headers(), 'products:write')
    const unstorable = unstorableField(data)
    if (unstorable) return { kind: 'refused', reason: unstorable.message }
    const asked = form.safeParse(Object.fromEntries(data))
    if (!asked.success) {
      const { quantity, reason } = z.flattenError(asked.error).fieldErrors
      if (!quantity && !reason) return { kind: 'failed', message: 'The form is not complete. Load the page again.' }
      return { kind: 'refused', quantity: quantity?.[0], reason: reason?.[0] }
    }
    const outcome = await changeStock(asked.data, editor)
    if (!outcome) return { kind: 'failed', message: 'There is no such product any more.' }
    refresh()
    const { status, state, quantity, productId } = outcome
    if (status === 'conflict') return { kind: 'conflict', quantity }
    const version = status === 'changed' ? versioned('stock', productId, outcome.version) : undefined
    return { kind: 'saved', state, quantity, version }
  } catch (error) {
    return explainFailure(error, 'the stock of a product was not set')
  }
}
