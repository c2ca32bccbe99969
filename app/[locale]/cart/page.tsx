import type { Metadata } from 'next'
import { formatLines } from '#lib/orders/cartLines.ts'
import { isOrderable, readOffers } from '#lib/orders/offers.ts'
import { messagesFor } from '../../_i18n/messages.ts'
import { alternates } from '../../_i18n/paths.ts'
import { storeLocale } from '../../_i18n/storeLocale.ts'
import page from '../../_store/catalog/Page.module.css'
import { Cart } from '../../_store/cart/Cart.tsx'
import { cartOfBrowser } from '../../_store/cart/cartCookies.ts'
import { cartRows } from '../../_store/cart/cartPreview.ts'
import { PriceMeta } from '../../_store/prices/PriceMeta.tsx'
import { NoScript } from '../../_ui/Notice.tsx'
import { wholePage } from '../../_store/wholePage.ts'

// Rendered whole on each request: it is another page for each visitor, at the prices of that moment.
export const instant = false

type Props = PageProps<'/[locale]/cart'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const locale = storeLocale((await params).locale)
  const { Client } = await messagesFor(locale)
  return { title: Client.cart, robots: { index: false }, alternates: alternates(locale, '/cart') }
}

export default wholePage(async function CartPage({ params }: Props) {
  const locale = storeLocale((await params).locale)
  const [{ Client, Shop }, { lines, damaged }] = await Promise.all([messagesFor(locale), cartOfBrowser()])
  const offers = await readOffers(lines)
  const prices = offers.flatMap((offer) => (offer.card && isOrderable(offer) ? [offer.card.price] : []))
  return (
    <div className={page.width}>
      <PriceMeta prices={prices} />
      <header className={page.head}>
        <h1>{Client.cart}</h1>
        {lines.length > 0 ? <NoScript text={Shop.noScript} /> : null}
      </header>
      <Cart {...cartRows(offers, locale)} view={formatLines(lines)} isDamaged={damaged} />
    </div>
  )
})
