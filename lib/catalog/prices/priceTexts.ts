import { formatMoney, formatPercent, savingPercent } from '#lib/money/formatMoney.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { ShownPrice } from '#lib/money/price.ts'

/** Writes a price for a page, on the server and in the browser. */
export interface PriceTexts {
  amount: string
  /** The price that may be struck through, when there is one. */
  before: string | undefined
  /** The saving. */
  saving: string | undefined
}

export function priceTexts(
  price: Pick<ShownPrice, 'amountMinor' | 'reducedFromMinor' | 'currency'>,
  locale: Locale,
): PriceTexts {
  const { amountMinor, reducedFromMinor, currency } = price
  const percent = savingPercent(amountMinor, reducedFromMinor)
  return {
    amount: formatMoney(amountMinor, currency, locale),
    before: reducedFromMinor === null ? undefined : formatMoney(reducedFromMinor, currency, locale),
    saving: percent > 0 ? formatPercent(percent, locale) : undefined,
  }
}
