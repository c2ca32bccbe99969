/** The button of a delivery method. Apart from the form's other reader: the browser needs no schema for it. */
import type { DeliveryPrices } from '#lib/money/currencies.ts'

type Method = keyof DeliveryPrices
const isMethod = (text: string | undefined): text is Method => text === 'standard' || text === 'express'

/** The method, and what it cost on the page: both stand in the value of its button. */
export function readDelivery(text: string): { method: Method; amountMinor: number } | undefined {
  const [method, amount = ''] = text.split(':')
  return isMethod(method) && /^\d{1,9}$/.test(amount) ? { method, amountMinor: Number(amount) } : undefined
}

export const deliveryValue = (method: Method, amountMinor: number): string => `${method}:${amountMinor}`
