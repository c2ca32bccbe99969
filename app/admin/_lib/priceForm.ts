/** Reads the price form. */
import type { PriceChangeInput } from '#lib/pricing/changeRequest.ts'
import type { PriceChangeIssue } from '#lib/pricing/errors.ts'
import { currencyOf, SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { parseMoney } from '#lib/money/money.ts'
import { textOf } from './params.ts'

export type FieldErrors = Partial<Record<'amount' | 'compareAt' | 'reason' | 'form', string>>

export interface PriceForm {
  /** Absent when a field is wrong. */
  readonly change: PriceChangeInput | undefined
  readonly reason: string
  /** Of the button that was pressed: phrases, one a line; none of the button that saves. */
  readonly confirmations: string[]
  readonly fields: FieldErrors
}

/** The currency in which the form was filled in. A price that has another one now refuses it. */
export function currencyIn(form: FormData): string {
  const code = textOf(form, 'currency')
  return /^[A-Z]{3}$/.test(code) ? code : SHOP_CURRENCY.code
}

/** Reads the form. An empty compare-at price means that there is none. */
export function readPriceForm(form: FormData): PriceForm {
  const reason = textOf(form, 'reason').trim()
  const confirmations = textOf(form, 'confirmations')
    .split('\n')
    .filter((phrase) => phrase !== '')
  const code = currencyIn(form)
  const amount = parseMoney(textOf(form, 'amount'), currencyOf(code))
  const compareAtText = textOf(form, 'compareAt').trim()
  const compareAt = compareAtText === '' ? undefined : parseMoney(compareAtText, currencyOf(code))
  const fields: FieldErrors = {
    ...(amount.ok ? {} : { amount: amount.message }),
    ...(!compareAt || compareAt.ok ? {} : { compareAt: compareAt.message }),
    ...(reason === '' ? { reason: 'Say why the price changes.' } : {}),
  }
  if (!amount.ok || (compareAt && !compareAt.ok) || reason === '')
    return { change: undefined, reason, confirmations, fields }
  const change = {
    productId: Number(textOf(form, 'productId')),
    amountMinor: amount.amountMinor,
    compareAtMinor: compareAt ? compareAt.amountMinor : null,
    currency: code,
    expectedVersion: Number(textOf(form, 'expectedVersion')),
  }
  return { change, reason, confirmations, fields }
}

/** The form's field for each issue of the request. */
export function fieldErrors(issues: readonly PriceChangeIssue[]): FieldErrors {
  const fieldFor = (field: string): keyof FieldErrors => {
    if (field.endsWith('.amountMinor')) return 'amount'
    if (field.endsWith('.compareAtMinor')) return 'compareAt'
    return field === 'reason' ? 'reason' : 'form'
  }
  return Object.fromEntries(issues.map(({ field, message }) => [fieldFor(field), message]))
}
