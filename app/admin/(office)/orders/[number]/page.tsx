import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Suspense } from 'react'
import { roleMay } from '#lib/access/permissions.ts'
import { formatMoney } from '#lib/money/formatMoney.ts'
import { readOrderNumber } from '#lib/orders/orderNumber.ts'
import { officeOrder, type OrderLineView } from '#lib/orders/readOrder.ts'
import { Badge } from '../../../../_ui/Notice.tsx'
import { Fact, Facts, Fields, PageHead, Section, Stack } from '../../../_components/Layout.tsx'
import { CancelOrder } from '../../../_components/CancelOrder.tsx'
import { type Column, DataTable, Sub } from '../../../_components/DataTable.tsx'
import { Skeleton } from '../../../_components/States.tsx'
import { requireSession } from '../../../_lib/session.ts'
import { absolute } from '../../../_lib/time.ts'

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
      <PageHead title={`Order ${order.number}`}>
        <Badge tone={order.state === 'placed' ? 'success' : 'warning'}>{order.state}</Badge>
      </PageHead>
      <DataTable
        label="Products"
        columns={lineColumns(money)}
        rows={order.lines}
        rowKey={({ productId }) => productId}
        testId="order-lines"
      />
      <Fields min="20rem">
        <Section id="facts" title="Amounts" panel>
          <Facts>
            {sums.map(([label, amountMinor]) => (
              <Fact key={label} name={label}>
                {money(amountMinor)}
              </Fact>
            ))}
            <Fact name="Placed">{absolute(new Date(order.placedAt))}</Fact>
            {order.cancelledAt === null ? null : <Fact name="Cancelled">{absolute(new Date(order.cancelledAt))}</Fact>}
          </Facts>
        </Section>
        <Section id="to" title="Delivery address" panel>
          <address>
            {[order.name, order.street, `${order.postcode} ${order.city}`, order.country, order.email].map((line) => (
              <div key={line}>{line}</div>
            ))}
          </address>
        </Section>
      </Fields>
      {roleMay(clerk.role, 'orders:cancel') ? (
        <Section id="cancel" title="Cancel">
          <CancelOrder number={order.number} isPlaced={order.state === 'placed'} />
        </Section>
      ) : null}
    </>
  )
}

export default function OrderPage(props: Props) {
  return (
    <Stack gap={6}>
      <nav aria-label="Breadcrumb">
        <Link href="/admin/orders">All orders</Link>
      </nav>
      <Suspense fallback={<Skeleton rows={6} />}>
        <Order {...props} />
      </Suspense>
    </Stack>
  )
}
