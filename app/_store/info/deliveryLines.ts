import { deliveryPrices, SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { formatMoney } from '#lib/money/formatMoney.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { Messages } from '../../_i18n/messages.ts'

/** The ways of delivery in the words of the checkout, each with what the checkout charges for it. */
export function deliveryLines(labels: Messages['Checkout'], locale: Locale) {
  const prices = deliveryPrices()
  return (['standard', 'express'] as const).map((method) => ({
    method,
    name: labels[method],
    price: formatMoney(prices[method], SHOP_CURRENCY.code, locale),
  }))
}
