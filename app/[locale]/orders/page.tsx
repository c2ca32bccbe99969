import type { Metadata } from 'next'
import { connection } from 'next/server'
import { messagesFor } from '../../_i18n/messages.ts'
import { alternates, orderPath } from '../../_i18n/paths.ts'
import { storeLocale } from '../../_i18n/storeLocale.ts'
import page from '../../_store/catalog/Page.module.css'
import { findAnswers } from '../../_store/checkout/actionAnswers.ts'
import { FindOrder } from '../../_store/checkout/FindOrder.tsx'
import { findOrder } from './findOrder.ts'

// Rendered whole on each request: the form comes back with its answer.
export const instant = false

type Props = PageProps<'/[locale]/orders'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const locale = storeLocale((await params).locale)
  const { Order } = await messagesFor(locale)
  return { title: Order.find, robots: { index: false }, alternates: alternates(locale, orderPath()) }
}

export default async function OrdersPage({ params }: Props) {
  const { Order, Checkout } = await messagesFor(storeLocale((await params).locale))
  await connection()
  return (
    <div className={page.width}>
      <header className={page.head}>
        <h1>{Order.find}</h1>
      </header>
      <FindOrder action={findOrder} labels={Order} emailLabel={Checkout.email} state={findAnswers.ofRequest()} />
    </div>
  )
}
