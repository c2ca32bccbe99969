import { formatMoney } from '#lib/money/formatMoney.ts'
import { isOrderable, type Offer } from '#lib/orders/offers.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { type CartPreview, cartRow, sumsOf } from './cartRows.ts'

/** The rows, and the sums of what can be ordered. */
export function cartRows(offers: readonly Offer[], locale: Locale): Pick<CartPreview, 'rows' | 'totals'> {
  const ordered = offers.flatMap((offer) =>
    offer.card && isOrderable(offer) && offer.card.price.stock > 0 ? [{ ...offer, ...offer.card }] : [],
  )
  return {
    rows: offers.map((offer) => cartRow(offer, locale)),
    totals: sumsOf(ordered).map(({ currency, amountMinor }) => formatMoney(amountMinor, currency, locale)),
  }
}
