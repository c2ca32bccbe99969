import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { roleMay } from '#lib/access/permissions.ts'
import { formatMoney } from '#lib/money/formatMoney.ts'
import { readOrderNumber } from '#lib/orders/orderNumber.ts'
import { listOrders, type OrderListing } from '#lib/orders/readOrder.ts'
import { ButtonLink } from '../../../_ui/Button.tsx'
import { Badge, Notice } from '../../../_ui/Notice.tsx'
import { PageHead, Stack } from '../../_components/Layout.tsx'
import { type Column, DataTable } from '../../_components/DataTable.tsx'
import { Empty, Skeleton } from '../../_components/States.tsx'
import { When } from '../../_components/Values.tsx'
import { first } from '../../_lib/params.ts'
import { requireSession } from '../../_lib/session.ts'

export const metadata: Metadata = { title: 'Orders' }

type Props = PageProps<'/admin/orders'>

const COLUMNS: readonly Column<OrderListing>[] = [
  {
    header: 'Order',
    cell: ({ number, state }) => (
      <>
        <Link href={`/admin/orders/${number}`}>{number}</Link>{' '}
        {state === 'cancelled' ? <Badge tone="warning">cancelled</Badge> : null}
      </>
    ),
  },
  { header: 'Placed', cell: ({ placedAt }) => <When at={new Date(placedAt)} /> },
  { header: 'Shopper', kind: 'text', cell: ({ name, country }) => `${name}, ${country}` },
  { header: 'Articles', kind: 'number', cell: ({ articles }) => articles },
  { header: 'Total', kind: 'number', cell: ({ totalMinor, currency }) => formatMoney(totalMinor, currency, 'en') },
]

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
  return (
    <>
      <DataTable
        label="Orders"
        columns={COLUMNS}
        rows={orders}
        rowKey={({ number }) => number}
        empty={<Empty title="No orders">What shoppers order is listed here.</Empty>}
        testId="orders"
      />
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
    <Stack gap={6}>
      <PageHead title="Orders" />
      <Suspense fallback={<Skeleton rows={10} />}>
        <Orders searchParams={searchParams} />
      </Suspense>
    </Stack>
  )
}
