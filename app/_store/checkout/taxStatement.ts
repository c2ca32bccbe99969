import { formatPercent } from '#lib/money/formatMoney.ts'
import { type Country, taxRateOf } from '#lib/orders/countries.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { fillText } from '../../_i18n/fillText.ts'
import type { Messages } from '../../_i18n/messages.ts'

/** @example taxStatement('DE', labels, 'en') // 'incl. 19% VAT' */
export function taxStatement(country: Country, labels: Messages['Checkout'], locale: Locale): string {
  return fillText(labels.tax, { rate: formatPercent(taxRateOf(country) / 100, locale) })
}
