import { RETURN_DAYS } from '#lib/catalog/policies.ts'
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { COUNTRIES } from '#lib/orders/countries.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { Messages } from '../../_i18n/messages.ts'
import { deliveryLines } from './deliveryLines.ts'

/** The operator of the shop, as its imprint names it. Invented: put your own here. */
const OPERATOR = {
  company: 'Evergreen Demo',
  address: 'Musterweg 1, 10115 Berlin',
  email: 'hello@evergreen.example',
} as const

/** Values for the places in the policies' texts: what the checkout charges, and where it delivers to. */
export function policyValues(labels: Messages['Checkout'], locale: Locale): Readonly<Record<string, string>> {
  const names = new Intl.DisplayNames(locale, { type: 'region' })
  const currencies = new Intl.DisplayNames(locale, { type: 'currency' })
  const countries = COUNTRIES.map((country) => names.of(country) ?? country)
  return {
    ...OPERATOR,
    days: String(RETURN_DAYS),
    currency: currencies.of(SHOP_CURRENCY.code) ?? SHOP_CURRENCY.code,
    countries: new Intl.ListFormat(locale).format(countries.toSorted(new Intl.Collator(locale).compare)),
    ...Object.fromEntries(
      deliveryLines(labels, locale).flatMap(({ method, name, price }) => [
        [method, name],
        [`${method}Price`, price],
      ]),
    ),
  }
}
