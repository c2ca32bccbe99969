import { formatMoney, formatPercent, savingPercent } from '#lib/money/formatMoney.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { ShownPrice } from '#lib/money/price.ts'

export interface PriceTexts {
  amount: string
  /** The price that may be struck through, when there is one. */
  before: string | undefined
  /** How much less that is, such as `20%`. */
  saving: string | undefined
}

export function priceTexts(price: ShownPrice, locale: Locale): PriceTexts {
  const { amountCents, reducedFromCents, currency } = price
  const percent = savingPercent(amountCents, reducedFromCents)
  return {
    amount: formatMoney(amountCents, currency, locale),
    before: reducedFromCents === null ? undefined : formatMoney(reducedFromCents, currency, locale),
    saving: percent > 0 ? formatPercent(percent, locale) : undefined,
  }
}
