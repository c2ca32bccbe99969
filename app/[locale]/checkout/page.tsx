import type { Metadata } from 'next'
import Link from 'next/link'
import { deliveryPrices, SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { formatMoney } from '#lib/money/formatMoney.ts'
import { formatLines } from '#lib/orders/cartLines.ts'
import { COUNTRIES, usualCountry } from '#lib/orders/countries.ts'
import { planOffers, readOffers } from '#lib/orders/offers.ts'
import { messagesFor } from '../../_i18n/messages.ts'
import { alternates, localized } from '../../_i18n/paths.ts'
import { storeLocale } from '../../_i18n/storeLocale.ts'
import { EmptyState } from '../../_store/catalog/EmptyState.tsx'
import page from '../../_store/catalog/Page.module.css'
import { OrderLines } from '../../_store/checkout/OrderLines.tsx'
import { cartOfBrowser } from '../../_store/cart/cartCookies.ts'
import { checkoutAnswers } from '../../_store/checkout/actionAnswers.ts'
import { changeTexts } from '../../_store/checkout/changeTexts.ts'
import { CheckoutForm } from '../../_store/checkout/CheckoutForm.tsx'
import { taxStatement } from '../../_store/checkout/taxStatement.ts'
import { PriceMeta } from '../../_store/prices/PriceMeta.tsx'
import { ButtonLink } from '../../_ui/Button.tsx'
import { place } from './placeOrder.ts'
import { wholePage } from '../../_store/wholePage.ts'
import { Amount } from '../../_store/checkout/Amounts.tsx'

// Rendered whole on each request: it is another page for each visitor, at the prices of that moment.
export const instant = false

type Props = PageProps<'/[locale]/checkout'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const locale = storeLocale((await params).locale)
  const { Checkout } = await messagesFor(locale)
  return { title: Checkout.title, robots: { index: false }, alternates: alternates(locale, '/checkout') }
}

export default wholePage(async function CheckoutPage({ params }: Props) {
  const locale = storeLocale((await params).locale)
  const [{ Checkout: labels, Client }, cart] = await Promise.all([messagesFor(locale), cartOfBrowser()])
  const { changes, lines } = planOffers(await readOffers(cart.lines), locale)
  const { code } = SHOP_CURRENCY
  const money = (amountMinor: number) => formatMoney(amountMinor, code, locale)
  const goodsMinor = lines.reduce((sum, { amountMinor, quantity }) => sum + amountMinor * quantity, 0)
  const prices = deliveryPrices()
  const method = (name: keyof typeof prices) => ({
    name,
    amountMinor: prices[name],
    price: money(prices[name]),
    total: money(goodsMinor + prices[name]),
  })
  const names = new Intl.DisplayNames(locale, { type: 'region' })
  const countries = COUNTRIES.map((country) => ({
    code: country,
    name: names.of(country) ?? country,
    tax: taxStatement(country, labels, locale),
  })).toSorted((a, b) => a.name.localeCompare(b.name, locale))
  return (
    <div className={page.width}>
      <PriceMeta prices={lines.map(({ card }) => card.price)} />
      <header className={page.head}>
        <h1>{labels.title}</h1>
      </header>
      {cart.id === undefined || lines.length === 0 ? (
        <EmptyState title={Client.cartEmpty} text={changeTexts(changes, labels, locale).join(' ')}>
          <ButtonLink href={localized(locale, '')}>{Client.continueShopping}</ButtonLink>
        </EmptyState>
      ) : (
        <CheckoutForm
          action={place}
          labels={labels}
          totalLabel={Client.total}
          state={checkoutAnswers.ofRequest()}
          cartId={cart.id}
          accepted={formatLines(lines)}
          changes={changeTexts(changes, labels, locale)}
          methods={[method('standard'), method('express')]}
          countries={countries}
          usualCountry={usualCountry(locale)}
        >
          <OrderLines
            locale={locale}
            lines={lines.map(({ productId, name, card, quantity, amountMinor, version }) => ({
              productId,
              name,
              image: card.image,
              quantity,
              amountMinor,
              currency: code,
              totalMinor: amountMinor * quantity,
              priceVersion: version,
            }))}
          />
          <p>
            <Link href={localized(locale, '/cart')}>{labels.editCart}</Link>
          </p>
          <Amount label={labels.goods}>{money(goodsMinor)}</Amount>
        </CheckoutForm>
      )}
    </div>
  )
})
