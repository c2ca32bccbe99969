/** Between the fields of the checkout and an order. */
import type { DeliveryPrices } from '#lib/money/currencies.ts'
import { ADDRESS_FIELDS, type AddressField, type AddressProblem } from '#lib/orders/address.ts'

export type CheckoutValues = Readonly<Partial<Record<AddressField | 'method', string>>>

export type CheckoutState =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'invalid'
      readonly values: CheckoutValues
      readonly problems: Readonly<Partial<Record<AddressField, AddressProblem>>>
    }
  /** A sentence each. */
  | { readonly kind: 'changed'; readonly values: CheckoutValues; readonly changes: readonly string[] }
  | { readonly kind: 'busy' | 'tooMany' | 'unavailable' | 'empty'; readonly values: CheckoutValues }

export function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

type Method = keyof DeliveryPrices
const isMethod = (text: string | undefined): text is Method => text === 'standard' || text === 'express'

/** The method, and what it cost on the page: both stand in the value of its button. */
export function readDelivery(text: string): { method: Method; amountMinor: number } | undefined {
  const [method, amount = ''] = text.split(':')
  return isMethod(method) && /^\d{1,9}$/.test(amount) ? { method, amountMinor: Number(amount) } : undefined
}

export const deliveryValue = (method: Method, amountMinor: number): string => `${method}:${amountMinor}`

/** What was typed, for the form that comes back. */
export function valuesIn(form: FormData): CheckoutValues {
  const method = readDelivery(textOf(form, 'delivery'))?.method
  const typed = Object.fromEntries(ADDRESS_FIELDS.map((field) => [field, textOf(form, field).slice(0, 300)]))
  return { ...typed, ...(method && { method }) }
}
