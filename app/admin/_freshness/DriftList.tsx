import Link from 'next/link'
import type { DriftRow } from '#lib/observability/dashboard/shapes.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { type Column, DataTable } from '../_components/DataTable.tsx'
import { Empty } from '../_components/Empty.tsx'
import { showMs } from './format.ts'

/** Milliseconds. A delivery takes a fraction of this; the relay's poll alone takes up to a second. */
const ON_THE_WAY_MS = 5_000

function columns(budgetMs: number): Column<DriftRow>[] {
  return [
    {
      header: 'Product',
      cell: ({ productId, name }) => <Link href={`/admin/freshness/products/${productId}`}>{name}</Link>,
    },
    {
      header: 'Behind for',
      kind: 'short',
      cell: ({ behindMs }) => (
        <Badge tone={behindMs > budgetMs ? 'danger' : behindMs > ON_THE_WAY_MS ? 'warning' : 'neutral'}>
          {behindMs > ON_THE_WAY_MS ? showMs(behindMs) : 'on its way'}
        </Badge>
      ),
    },
    {
      header: 'Versions',
      kind: 'short',
      cell: ({ appliedVersion, version }) => `${appliedVersion ?? 'none'} → ${version}`,
    },
    { header: 'Why', kind: 'text', cell: ({ why }) => why },
  ]
}

/** Products whose newest change has not been seen in every layer, and at which station it is. */
export function DriftList({ rows, budgetMs }: { rows: readonly DriftRow[]; budgetMs: number }) {
  return (
    <DataTable
      label="Products behind"
      columns={columns(budgetMs)}
      rows={rows}
      rowKey={({ productId }) => productId}
      rowData={({ productId }) => ({ 'data-product-id': productId })}
      empty={<Empty title="No product is behind">Every change of the last 24 hours was seen in every layer.</Empty>}
    />
  )
}
