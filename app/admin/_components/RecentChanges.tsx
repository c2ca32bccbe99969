import Link from 'next/link'
import { changedBase, type RecentChange } from '#lib/pricing/history.ts'
import { Actor, Money, Move, When } from './Values.tsx'
import { type Column, DataTable, Main, Sub } from './DataTable.tsx'
import { Empty } from './States.tsx'
import { BaseMove, Reason } from './PriceHistory.tsx'

function Change({ change }: { change: RecentChange }) {
  if (changedBase(change)) return <BaseMove entry={change} />
  if (change.oldAmountMinor !== change.newAmountMinor)
    return <Move from={change.oldAmountMinor} to={change.newAmountMinor} currency={change.currency} />
  return (
    <>
      <Money amountMinor={change.newAmountMinor} currency={change.currency} />{' '}
      <span className="muted">compare-at changed</span>
    </>
  )
}

const COLUMNS: readonly Column<RecentChange>[] = [
  {
    header: 'Product',
    cell: ({ productId, productName, sku, version }) => (
      <>
        <Main>
          <Link href={`/admin/products/${productId}`}>{productName}</Link>
        </Main>
        <Sub>
          {sku} · version {version}
        </Sub>
      </>
    ),
  },
  { header: 'Price', cell: (change) => <Change change={change} /> },
  { header: 'Why', kind: 'text', cell: (change) => <Reason entry={change} /> },
  { header: 'Who', cell: ({ actor }) => <Actor name={actor} /> },
  { header: 'When', kind: 'short', cell: ({ changedAt }) => <When at={changedAt} /> },
]

/** The newest price changes of the whole catalog. */
export function RecentChanges({ changes }: { changes: readonly RecentChange[] }) {
  return (
    <DataTable
      label="Recent changes"
      columns={COLUMNS}
      rows={changes}
      rowKey={({ productId, version }) => `${productId}@${version}`}
      empty={<Empty title="No price has been changed yet">Find a product above and change its price.</Empty>}
    />
  )
}
