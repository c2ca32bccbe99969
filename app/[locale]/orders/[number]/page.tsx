import type { Metadata } from 'next'
import { formatMoney } from '#lib/money/formatMoney.ts'
import { readOrderNumber } from '#lib/orders/orderNumber.ts'
import { type OrderView, readOrder } from '#lib/orders/readOrder.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { fillText } from '../../../_i18n/fillText.ts'
import { messagesFor } from '../../../_i18n/messages.ts'
import { localized } from '../../../_i18n/paths.ts'
import { storeLocale } from '../../../_i18n/storeLocale.ts'
import page from '../../../_store/catalog/Page.module.css'
import { OrderLines } from '../../../_store/checkout/OrderLines.tsx'
import { maySeeOrder } from '../../../_store/cart/cartCookies.ts'
import { Amount } from '../../../_store/checkout/Amounts.tsx'
import { findAnswers } from '../../../_store/checkout/actionAnswers.ts'
import { FindOrder } from '../../../_store/checkout/FindOrder.tsx'
import { ButtonLink } from '../../../_ui/Button.tsx'
import { Notice } from '../../../_ui/Notice.tsx'
import { findOrder } from '../findOrder.ts'
import { wholePage } from '../../../_store/wholePage.ts'
import styles from '../../../_store/checkout/Checkout.module.css'

// Rendered whole on each request: whether this browser may see the order stands in its cookie.
export const instant = false

type Props = PageProps<'/[locale]/orders/[number]'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale } = await params
  const { Order } = await messagesFor(storeLocale(locale))
  return { title: Order.find, robots: { index: false }, referrer: 'same-origin' }
}

async function Order({ order, locale }: { order: OrderView; locale: Locale }) {
  const { Order: labels, Checkout, Client } = await messagesFor(locale)
  const money = (amountMinor: number) => formatMoney(amountMinor, order.currency, locale)
  const day = (iso: string) =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(iso))
  const country = new Intl.DisplayNames(locale, { type: 'region' }).of(order.country) ?? order.country
  return (
    <div className={page.width}>
      <header className={page.head}>
        <h1>{order.state === 'placed' ? labels.thanks : fillText(labels.title, { number: order.number })}</h1>
        {order.cancelledAt === null ? (
          <p>{fillText(labels.placed, { date: day(order.placedAt) })}</p>
        ) : (
          <Notice tone="warning">
            <p>{fillText(labels.cancelled, { date: day(order.cancelledAt) })}</p>
          </Notice>
        )}
      </header>
      <div className={styles.order}>
        <section aria-labelledby="lines" className={styles.summary}>
          <h2 id="lines">
            {labels.number} <span data-testid="order-number">{order.number}</span>
          </h2>
          <OrderLines locale={locale} lines={order.lines.map((line) => ({ ...line, currency: order.currency }))} />
          <Amount label={Checkout.goods}>{money(order.goodsMinor)}</Amount>
          <Amount label={Checkout.delivery}>{money(order.deliveryMinor)}</Amount>
          <Amount label={Client.total} isTotal>
            {money(order.totalMinor)}
          </Amount>
          <p className={styles.quiet}>
            {order.taxStatement} ({money(order.taxMinor)})
          </p>
        </section>
        <section aria-labelledby="goes-to" className={styles.section}>
          <h2 id="goes-to">{labels.address}</h2>
          <address>
            {[order.name, order.street, `${order.postcode} ${order.city}`, country, order.email].map((line) => (
              <span key={line} className={styles.addressLine}>
                {line}
              </span>
            ))}
          </address>
          <p className={styles.quiet}>{labels.keep}</p>
          <ButtonLink href={localized(locale, '')} variant="secondary">
            {Client.continueShopping}
          </ButtonLink>
        </section>
      </div>
    </div>
  )
}

export default wholePage(async function OrderPage({ params }: Props) {
  const { locale: segment, number: asked } = await params
  const locale = storeLocale(segment)
  const number = readOrderNumber(asked)
  const order = number !== undefined && (await maySeeOrder(number)) ? await readOrder(number) : undefined
  if (order) return <Order order={order} locale={locale} />
  // The same for a number that there is and for one that there is not.
  const { Order: labels, Checkout } = await messagesFor(locale)
  return (
    <div className={page.width}>
      <header className={page.head}>
        <h1>{labels.find}</h1>
      </header>
      <FindOrder
        action={findOrder}
        labels={labels}
        emailLabel={Checkout.email}
        state={findAnswers.ofRequest()}
        number={number ?? ''}
      />
    </div>
  )
})
