import type { Metadata } from 'next'
import { formatMoney } from '#lib/money/formatMoney.ts'
import { formatLines } from '#lib/orders/cartLines.ts'
import { isOrderable, readOffers } from '#lib/orders/offers.ts'
import { messagesFor } from '../../_i18n/messages.ts'
import { alternates } from '../../_i18n/paths.ts'
import { storeLocale } from '../../_i18n/storeLocale.ts'
import page from '../../_store/catalog/Page.module.css'
import { Cart } from '../../_store/cart/Cart.tsx'
import { cartOfBrowser } from '../../_store/cart/cartCookies.ts'
import { cartRow, sumsOf } from '../../_store/cart/cartRows.ts'
import { PriceMeta } from '../../_store/prices/PriceMeta.tsx'

// Rendered whole on each request: it is another page for each visitor, at the prices of that moment.
export const instant = false

type Props = PageProps<'/[locale]/cart'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const locale = storeLocale((await params).locale)
  const { Client } = await messagesFor(locale)
  return { title: Client.cart, robots: { index: false }, alternates: alternates(locale, '/cart') }
}

export default async function CartPage({ params }: Props) {
  const locale = storeLocale((await params).locale)
  const [{ Client }, { lines, damaged }] = await Promise.all([messagesFor(locale), cartOfBrowser()])
  const offers = await readOffers(lines)
  const cards = offers.flatMap((offer) => (offer.card && isOrderable(offer) ? [{ ...offer, ...offer.card }] : []))
  return (
    <div className={page.width}>
      <PriceMeta prices={cards.map(({ price }) => price)} />
      <header className={page.head}>
        <h1>{Client.cart}</h1>
      </header>
      <Cart
        rows={offers.map((offer) => cartRow(offer, locale))}
        totals={sumsOf(cards).map(({ currency, amountMinor }) => formatMoney(amountMinor, currency, locale))}
        view={formatLines(lines)}
        isDamaged={damaged}
      />
    </div>
  )
}
