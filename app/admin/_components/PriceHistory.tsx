import Link from 'next/link'
import { changedBase, type HistoryEntry, type HistoryPage } from '#lib/pricing/history.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { receiptPath } from '../_freshness/format.ts'
import { absolute } from '../_lib/time.ts'
import { Actor, Money, Move } from './Values.tsx'
import { type Column, DataTable, Sub } from './DataTable.tsx'
import { Empty } from './States.tsx'
import { Row } from './Layout.tsx'

/** The compare-at price of a version, and what it was before where that differs. */
function CompareAt({ entry: { version, oldCompareAtMinor, newCompareAtMinor, currency } }: { entry: HistoryEntry }) {
  const shown = (cents: number | null) =>
    cents === null ? <span>–</span> : <Money amountMinor={cents} currency={currency} />
  if (version === 1 || oldCompareAtMinor === newCompareAtMinor) return shown(newCompareAtMinor)
  return (
    <span className="money">
      <span className="muted">{shown(oldCompareAtMinor)} → </span>
      {shown(newCompareAtMinor)}
    </span>
  )
}

/** The base price under a sale, where this version changed it. */
export function BaseMove({ entry }: { entry: HistoryEntry }) {
  if (!changedBase(entry) || entry.newBaseAmountMinor === null) return null
  return (
    <Sub>
      Base price <Move from={entry.oldBaseAmountMinor} to={entry.newBaseAmountMinor} currency={entry.currency} />
    </Sub>
  )
}

/** Old versions that are no longer kept, between one and the next older one that is: docs/operations/retention.md. */
function forgotten({ version }: HistoryEntry, next: HistoryEntry | undefined): string | undefined {
  if (next === undefined || next.version >= version - 1) return undefined
  const versions =
    next.version === version - 2 ? `Version ${version - 1} is` : `Versions ${next.version + 1} to ${version - 1} are`
  return `${versions} no longer kept`
}

/** The reason of a change, and the bulk edit that it was a part of. */
export function Reason({ entry: { reason, bulkEditId } }: { entry: Pick<HistoryEntry, 'reason' | 'bulkEditId'> }) {
  return (
    <>
      {reason ?? <span className="muted">No reason given</span>}
      {bulkEditId === null ? null : (
        <Sub>
          <Link href={`/admin/bulk/${bulkEditId}`}>Part of a bulk edit</Link>
        </Sub>
      )}
    </>
  )
}

const COLUMNS: readonly Column<HistoryEntry>[] = [
  { header: 'Version', label: 'Version', cell: ({ version }) => version },
  {
    header: 'Price',
    cell: (entry) => (
      <>
        {entry.oldAmountMinor === entry.newAmountMinor ? (
          <Money amountMinor={entry.newAmountMinor} currency={entry.currency} />
        ) : (
          <Move from={entry.oldAmountMinor} to={entry.newAmountMinor} currency={entry.currency} />
        )}
        <BaseMove entry={entry} />
      </>
    ),
  },
  { header: 'Compare-at', cell: (entry) => <CompareAt entry={entry} /> },
  { header: 'Why', kind: 'text', cell: (entry) => <Reason entry={entry} /> },
  { header: 'Who', cell: ({ actor }) => <Actor name={actor} /> },
  {
    header: 'Source',
    cell: ({ source }) => <Badge tone={source === 'sql' ? 'warning' : 'neutral'}>{source}</Badge>,
  },
  {
    header: 'When',
    cell: (entry) => (
      <>
        <time dateTime={entry.changedAt.toISOString()}>{absolute(entry.changedAt)}</time>
        {entry.source === 'seed' ? null : (
          <Sub>
            <Link href={receiptPath({ kind: 'price', id: entry.productId, version: entry.version })}>Receipt</Link>
          </Sub>
        )}
      </>
    ),
  },
]

/** Each version of the price: amount, actor, time and reason. */
export function PriceHistory({
  history,
  path,
  isFirstPage,
}: {
  history: HistoryPage
  path: string
  isFirstPage: boolean
}) {
  if (history.entries.length === 0) return <Empty title="No history">There is no older version of this price.</Empty>
  return (
    <>
      <DataTable
        label="Versions"
        columns={COLUMNS}
        rows={history.entries}
        rowKey={({ version }) => version}
        note={forgotten}
      />
      <Row as="p" between>
        {isFirstPage ? <span /> : <Link href={path}>Newest</Link>}
        {history.nextBefore === undefined ? null : (
          <Link href={`${path}?before=${history.nextBefore}#history`}>Older versions</Link>
        )}
      </Row>
    </>
  )
}
