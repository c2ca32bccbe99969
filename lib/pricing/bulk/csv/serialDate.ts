/**
 * Numbers that a spreadsheet has for dates. It takes `12.5` for the 12th of May, and shows the date as 46154 where the format of the
 * cell is taken away: a number that reads as a price.
 */
import type { Currency } from '#lib/money/currencies.ts'
import { showMoney } from '#lib/money/money.ts'

/** Two digits of a year are those from 1930 on, and the year of now is taken where there are none. */
const FIRST = 10_959
const LAST = 54_788
const ZERO = Date.UTC(1899, 11, 30)
const DAY_MS = 86_400_000
/** Times what the price is: amounts in cents are nearer to it. */
const FAR = 10 ** 2.5

/** Whether an amount is written as such a number is. */
export const isSerial = (text: string): boolean => /^\d{5}$/.test(text) && Number(text) >= FIRST && Number(text) <= LAST

/** @example dayOfSerial('45992') // '2025-12-01' */
export const dayOfSerial = (text: string): string => new Date(ZERO + Number(text) * DAY_MS).toISOString().slice(0, 10)

interface CurrentPrice {
  readonly amountMinor: number
  readonly currency: Currency
}

/**
 * @param text of an amount without the marks of its currency
 * @param price of now, in the same currency
 * @returns the date that the number may be of: in no other way is it so far above the price
 */
export function dateOfSerial(text: string, { amountMinor, currency }: CurrentPrice): string | undefined {
  if (!isSerial(text) || currency.digits === 0) return undefined
  if (Number(text) * 10 ** currency.digits < FAR * amountMinor) return undefined
  return dayOfSerial(text)
}

/** @returns why such an amount is not taken, and the way out; undefined of others. As dateOfSerial */
export function refusedAsDate(text: string, price: CurrentPrice): string | undefined {
  const day = dateOfSerial(text, price)
  return day === undefined
    ? undefined
    : `"${text}" is also the number that spreadsheets have for the date ${day}, and far above the price of now (${showMoney(price.amountMinor, price.currency)}). Write the amount that is meant; if it is this one, write it with its decimals.`
}
