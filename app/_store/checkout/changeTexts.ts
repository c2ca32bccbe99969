import { formatMoney } from '#lib/money/formatMoney.ts'
import type { OrderChange } from '#lib/orders/planOrder.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { fillText } from '../../_i18n/fillText.ts'
import type { Messages } from '../../_i18n/messages.ts'

function textOf(change: OrderChange, labels: Messages['Checkout'], locale: Locale): string {
  switch (change.kind) {
    case 'soldOut':
      return fillText(labels.changeSoldOut, { product: change.name })
    case 'gone':
      return fillText(labels.changeGone, { product: change.name })
    case 'cart':
    case 'fewer': {
      const label = change.kind === 'fewer' ? labels.changeFewer : labels.changeCart
      return fillText(label, { product: change.name, from: String(change.from), to: String(change.to) })
    }
    case 'delivery': {
      const { fromMinor, toMinor, currency } = change
      const [from, to] = [fromMinor, toMinor].map((minor) => formatMoney(minor, currency, locale))
      return fillText(labels.changeDelivery, { from: from ?? '', to: to ?? '' })
    }
    case 'price': {
      const { name: product, fromMinor, toMinor, currency } = change
      const to = formatMoney(toMinor, currency, locale)
      if (fromMinor === undefined) return fillText(labels.changePriceNew, { product, to })
      if (fromMinor === toMinor) return fillText(labels.changePriceSame, { product, to })
      return fillText(labels.changePrice, { product, from: formatMoney(fromMinor, currency, locale), to })
    }
  }
}

/** The changes, a sentence each. */
export function changeTexts(
  changes: readonly OrderChange[],
  labels: Messages['Checkout'],
  locale: Locale,
): readonly string[] {
  return changes.map((change) => textOf(change, labels, locale))
}
