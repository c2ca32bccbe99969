import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Suspense } from 'react'
import { roleMay } from '#lib/access/permissions.ts'
import { formatMoney } from '#lib/money/formatMoney.ts'
import { readOrderNumber } from '#lib/orders/orderNumber.ts'
import { officeOrder, type OrderLineView } from '#lib/orders/readOrder.ts'
import { Badge } from '../../../../_ui/Notice.tsx'
import { CancelOrder } from '../../../_components/CancelOrder.tsx'
import { type Column, DataTable, Sub } from '../../../_components/DataTable.tsx'
import { Skeleton } from '../../../_components/Skeleton.tsx'
import { requireSession } from '../../../_lib/session.ts'
import { absolute } from '../../../_lib/time.ts'
import page from '../../page.module.css'
import styles from './page.module.css'

export const metadata: Metadata = { title: 'Order' }

type Props = PageProps<'/admin/orders/[number]'>

function lineColumns(money: (amountMinor: number) => string): Column<OrderLineView>[] {
  return [
    {
      header: 'Product',
      cell: ({ productId, name, sku }) => (
        <>
          <Link href={`/admin/products/${productId}`}>{name}</Link>
          <Sub>{sku}</Sub>
        </>
      ),
    },
    { header: 'Quantity', kind: 'number', cell: ({ quantity }) => quantity },
    { header: 'Price', kind: 'number', cell: ({ amountMinor }) => money(amountMinor) },
    { header: 'Version', kind: 'number', cell: ({ priceVersion }) => priceVersion },
    { header: 'Total', kind: 'number', cell: ({ totalMinor }) => money(totalMinor) },
  ]
}

async function Order({ params }: Props) {
  const { number: text } = await params
  const number = readOrderNumber(text)
  const clerk = await requireSession(`/admin/orders/${encodeURIComponent(text)}`)
  if (number === undefined || !roleMay(clerk.role, 'orders:read')) notFound()
  const order = await officeOrder(clerk, number)
  if (!order) notFound()
  const money = (amountMinor: number) => formatMoney(amountMinor, order.currency, 'en')
  const sums = [
    ['Goods', order.goodsMinor],
    [`Delivery, ${order.deliveryMethod}`, order.deliveryMinor],
    [`Total, ${order.taxStatement} (${money(order.taxMinor)})`, order.totalMinor],
  ] as const
  return (
    <>
      <div className={page.top}>
        <h1 className={page.title}>Order {order.number}</h1>
        <Badge tone={order.state === 'placed' ? 'success' : 'warning'}>{order.state}</Badge>
      </div>
      <DataTable
        label="Products"
        columns={lineColumns(money)}
        rows={order.lines}
        rowKey={({ productId }) => productId}
        testId="order-lines"
      />
      <div className={styles.columns}>
        <section aria-labelledby="facts">
          <h2 id="facts" className={page.heading}>
            Amounts
          </h2>
          <dl className={styles.facts}>
            {sums.map(([label, amountMinor]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{money(amountMinor)}</dd>
              </div>
            ))}
            <div>
              <dt>Placed</dt>
              <dd>{absolute(new Date(order.placedAt))}</dd>
            </div>
            {order.cancelledAt === null ? null : (
              <div>
                <dt>Cancelled</dt>
                <dd>{absolute(new Date(order.cancelledAt))}</dd>
              </div>
            )}
          </dl>
        </section>
        <section aria-labelledby="to">
          <h2 id="to" className={page.heading}>
            Delivered to
          </h2>
          <address className={styles.address}>
            {[order.name, order.street, `${order.postcode} ${order.city}`, order.country, order.email].map((line) => (
              <span key={line}>{line}</span>
            ))}
          </address>
        </section>
      </div>
      {roleMay(clerk.role, 'orders:cancel') ? (
        <section aria-labelledby="cancel">
          <h2 id="cancel" className={page.heading}>
            Cancel
          </h2>
          <CancelOrder number={order.number} isPlaced={order.state === 'placed'} />
        </section>
      ) : null}
    </>
  )
}

export default function OrderPage(props: Props) {
  return (
    <div className={page.page}>
      <nav aria-label="Breadcrumb">
        <Link href="/admin/orders">All orders</Link>
      </nav>
      <Suspense fallback={<Skeleton rows={6} />}>
        <Order {...props} />
      </Suspense>
    </div>
  )
}
