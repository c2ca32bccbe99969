import { formatMoney, formatPercent, savingPercent } from '#lib/money/formatMoney.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { ShownPrice } from '#lib/catalog/rows.ts'

export interface PriceTexts {
  amount: string
  /** The former price, when there is one to compare with. */
  before: string | undefined
  /** How much less that is, such as `20%`. */
  saving: string | undefined
}

export function priceTexts(price: ShownPrice, locale: Locale): PriceTexts {
  const { amountCents, compareAtCents, currency } = price
  const percent = savingPercent(amountCents, compareAtCents)
  return {
    amount: formatMoney(amountCents, currency, locale),
    before: compareAtCents === null ? undefined : formatMoney(compareAtCents, currency, locale),
    saving: percent > 0 ? formatPercent(percent, locale) : undefined,
  }
}
