import Link from 'next/link'
import type { DriftRow } from '#lib/observability/dashboard/shapes.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { Empty } from '../_components/Empty.tsx'
import { TableFrame } from '../_components/TableFrame.tsx'
import table from '../_components/table.module.css'
import { showMs } from './format.ts'

/** Milliseconds. A delivery takes a fraction of this; the relay's poll alone takes up to a second. */
const ON_THE_WAY_MS = 5_000

/** Products whose newest change has not been seen in every layer, and at which station it is. */
export function DriftList({ rows, budgetMs }: { rows: readonly DriftRow[]; budgetMs: number }) {
  if (rows.length === 0)
    return <Empty title="No product is behind">Every change of the last 24 hours was seen in every layer.</Empty>
  return (
    <TableFrame>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Product</th>
            <th scope="col">Behind for</th>
            <th scope="col">Versions</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.productId} data-product-id={row.productId}>
              <th scope="row" className={table.wide}>
                <Link href={`/admin/freshness/products/${row.productId}`}>{row.name}</Link>
              </th>
              <td data-label="Behind for" className={table.number}>
                <Badge tone={row.behindMs > budgetMs ? 'danger' : row.behindMs > ON_THE_WAY_MS ? 'warning' : 'neutral'}>
                  {row.behindMs > ON_THE_WAY_MS ? showMs(row.behindMs) : 'on its way'}
                </Badge>
              </td>
              <td data-label="Versions" className={table.number}>
                {row.appliedVersion ?? 'none'} → {row.version}
              </td>
              <td data-label="Why" className={table.text}>
                {row.why}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
