import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { roleMay } from '#lib/access/permissions.ts'
import { formatMoney } from '#lib/money/formatMoney.ts'
import { readOrderNumber } from '#lib/orders/orderNumber.ts'
import { listOrders } from '#lib/orders/readOrder.ts'
import { ButtonLink } from '../../../_ui/Button.tsx'
import { Badge, Notice } from '../../../_ui/Notice.tsx'
import { Empty } from '../../_components/Empty.tsx'
import { Skeleton } from '../../_components/Skeleton.tsx'
import table from '../../_components/table.module.css'
import { TableFrame } from '../../_components/TableFrame.tsx'
import { When } from '../../_components/When.tsx'
import { first } from '../../_lib/params.ts'
import { requireSession } from '../../_lib/session.ts'
import page from '../page.module.css'

export const metadata: Metadata = { title: 'Orders' }

type Props = PageProps<'/admin/orders'>

async function Orders({ searchParams }: Pick<Props, 'searchParams'>) {
  const before = readOrderNumber(first((await searchParams)['before']))
  const clerk = await requireSession('/admin/orders')
  if (!roleMay(clerk.role, 'orders:read'))
    return (
      <Notice tone="warning">
        <strong>Not for your role.</strong> Orders have addresses. Ask an administrator for the role “editor”.
      </Notice>
    )
  const { orders, next } = await listOrders(clerk, before)
  if (orders.length === 0) return <Empty title="No orders">What shoppers order is listed here.</Empty>
  return (
    <>
      <TableFrame>
        <table className={table.table} data-testid="orders">
          <thead>
            <tr>
              <th scope="col">Order</th>
              <th scope="col">Placed</th>
              <th scope="col">Shopper</th>
              <th scope="col">Articles</th>
              <th scope="col">Total</th>
            </tr>
          </thead>
          <tbody>
            {orders.map(({ number, state, placedAt, name, country, articles, totalMinor, currency }) => (
              <tr key={number}>
                <th scope="row">
                  <Link href={`/admin/orders/${number}`}>{number}</Link>{' '}
                  {state === 'cancelled' ? <Badge tone="warning">cancelled</Badge> : null}
                </th>
                <td data-label="Placed">
                  <When at={new Date(placedAt)} />
                </td>
                <td data-label="Shopper" className={table.text}>
                  {name}, {country}
                </td>
                <td data-label="Articles" className={table.number}>
                  {articles}
                </td>
                <td data-label="Total" className={table.number}>
                  {formatMoney(totalMinor, currency, 'en')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      {next === null ? null : (
        <div>
          <ButtonLink href={`/admin/orders?before=${next}`} variant="secondary" size="sm" rel="next">
            Older orders
          </ButtonLink>
        </div>
      )}
    </>
  )
}

export default function OrdersPage({ searchParams }: Props) {
  return (
    <div className={page.page}>
      <h1 className={page.title}>Orders</h1>
      <Suspense fallback={<Skeleton rows={10} />}>
        <Orders searchParams={searchParams} />
      </Suspense>
    </div>
  )
}
