/** Turns the fields of the checkout into an order. */
import { ADDRESS_FIELDS, type AddressField, type AddressProblem } from '#lib/orders/address.ts'
import { readDelivery } from './deliveryValue.ts'

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

/** The typed values, for the form that comes back. */
export function valuesIn(form: FormData): CheckoutValues {
  const method = readDelivery(textOf(form, 'delivery'))?.method
  const typed = Object.fromEntries(ADDRESS_FIELDS.map((field) => [field, textOf(form, field).slice(0, 300)]))
  return { ...typed, ...(method && { method }) }
}
