import type { Metadata } from 'next'
import { messagesFor } from '../../_i18n/messages.ts'
import { alternates } from '../../_i18n/paths.ts'
import { storeLocale } from '../../_i18n/storeLocale.ts'
import page from '../../_store/catalog/Page.module.css'
import { Cart } from '../../_store/cart/Cart.tsx'

// The same for everybody: what is in the cart is in the browser.
export const ensureStatic = 'navigation'

export async function generateMetadata({ params }: PageProps<'/[locale]/cart'>): Promise<Metadata> {
  const locale = storeLocale((await params).locale)
  const { Client } = await messagesFor(locale)
  return { title: Client.cart, robots: { index: false }, alternates: alternates(locale, '/cart') }
}

export default async function CartPage({ params }: PageProps<'/[locale]/cart'>) {
  const { Client } = await messagesFor(storeLocale((await params).locale))
  return (
    <div className={page.width}>
      <header className={page.head}>
        <h1>{Client.cart}</h1>
      </header>
      <noscript>
        <p>{Client.cartNoScript}</p>
      </noscript>
      <Cart />
    </div>
  )
}
