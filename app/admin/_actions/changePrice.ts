'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { isAccessError, SignedOutError } from '#lib/access/errors.ts'
import { requirePermission } from '#lib/auth/requirePermission.ts'
import { logger } from '#lib/platform/logger.ts'
import { changePrices } from '#lib/pricing/changePrices.ts'
import {
  ConfirmationNeededError,
  PriceChangeRefusedError,
  PriceLimitError,
  PricesBusyError,
  PriceStoreUnavailableError,
} from '#lib/pricing/errors.ts'
import { type FieldErrors, currencyIn, fieldErrors, readPriceForm } from '../_lib/priceForm.ts'
import { unstorableField } from '../_lib/params.ts'

export type ChangePriceState =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'saved'
      readonly state: 'live' | 'propagating'
      readonly version: number
      /** The base price. */
      readonly amountMinor: number
      readonly currency: string
      /** The shop shows a sale, and the base price after it. */
      readonly inSale: boolean
      /** For the price manager to look at. */
      readonly warning: string | undefined
    }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'conflict'; readonly message: string }
  | { readonly kind: 'refused'; readonly fields: FieldErrors }
  /** The same again with these phrases is saved. */
  | {
      readonly kind: 'confirm'
      readonly fromMinor: number
      readonly toMinor: number
      readonly currency: string
      readonly reasons: string
      readonly phrases: readonly string[]
    }
  | { readonly kind: 'signed-out' }
  /** `saved` is unknown when the answer to the commit was lost. */
  | { readonly kind: 'failed'; readonly saved: 'no' | 'unknown'; readonly message: string }

function needed(
  { confirmations, changes: [change], message }: ConfirmationNeededError,
  currency: string,
): ChangePriceState {
  if (!change) return { kind: 'refused', fields: { form: message } }
  return {
    kind: 'confirm',
    fromMinor: change.oldMinor,
    toMinor: change.newMinor,
    currency,
    reasons: change.message,
    phrases: confirmations.map(({ phrase }) => phrase),
  }
}

function explain(error: unknown, currency: string): ChangePriceState {
  if (error instanceof SignedOutError) return { kind: 'signed-out' }
  if (error instanceof PriceChangeRefusedError) return { kind: 'refused', fields: fieldErrors(error.issues) }
  if (error instanceof PriceLimitError) return { kind: 'refused', fields: fieldErrors(error.issues) }
  if (error instanceof ConfirmationNeededError) return needed(error, currency)
  if (isAccessError(error) || error instanceof PricesBusyError)
    return { kind: 'failed', saved: 'no', message: error.message }
  if (error instanceof PriceStoreUnavailableError) return { kind: 'failed', saved: 'unknown', message: error.message }
  logger('admin').error({ err: error }, 'a price was not changed')
  return {
    kind: 'failed',
    saved: 'unknown',
    message: 'Something went wrong on our side. Load the page again to see whether the change was saved.',
  }
}

/** Changes the price of one product, from the form on its page. */
export async function changePrice(_previous: ChangePriceState, form: FormData): Promise<ChangePriceState> {
  try {
    const editor = await requirePermission(await headers(), 'prices:write')
    const unstorable = unstorableField(form)
    if (unstorable)
      return {
        kind: 'refused',
        fields: { [unstorable.field === 'reason' ? 'reason' : 'form']: unstorable.message },
      }
    const { change, reason, confirmations, fields } = readPriceForm(form)
    if (!change) return { kind: 'refused', fields }
    const { state, results } = await changePrices(editor, {
      changes: [change],
      reason,
      confirmations,
      source: 'editor',
    })
    const [result] = results
    if (!result) return { kind: 'unchanged' }
    refresh() // the page shows the price and the history as they are now, also after another user's edit
    if (result.status === 'changed')
      return {
        kind: 'saved',
        state,
        version: result.version,
        amountMinor: result.baseAmountMinor ?? result.amountMinor,
        currency: currencyIn(form),
        inSale: result.saleId !== undefined,
        warning: result.message,
      }
    if (result.status === 'conflict')
      return { kind: 'conflict', message: result.message ?? 'Someone else changed this price.' }
    return { kind: 'unchanged' }
  } catch (error) {
    return explain(error, currencyIn(form))
  }
}
