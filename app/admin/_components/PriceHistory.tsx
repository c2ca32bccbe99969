import Link from 'next/link'
import { Fragment } from 'react'
import { changedBase, type HistoryEntry, type HistoryPage } from '#lib/pricing/history.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { receiptPath } from '../_freshness/receiptPath.ts'
import { absolute } from '../_lib/time.ts'
import { Actor } from './Actor.tsx'
import { Money, Move } from './Amounts.tsx'
import { Empty } from './Empty.tsx'
import styles from './PriceHistory.module.css'
import { TableFrame } from './TableFrame.tsx'
import table from './table.module.css'

/** The compare-at price of a version, and what it was before where that differs. */
function CompareAt({ entry: { version, oldCompareAtMinor, newCompareAtMinor } }: { entry: HistoryEntry }) {
  const shown = (cents: number | null) => (cents === null ? <span>–</span> : <Money amountMinor={cents} />)
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
    <span className={table.sub}>
      Base price <Move from={entry.oldBaseAmountMinor} to={entry.newBaseAmountMinor} />
    </span>
  )
}

/** Old versions that are no longer kept, between one and the next older one that is: docs/operations/retention.md. */
function Forgotten({ from, to }: { from: number; to: number | undefined }) {
  if (to === undefined || to >= from - 1) return null
  return (
    <tr>
      <td colSpan={7} className="muted">
        {to === from - 2 ? `Version ${from - 1} is` : `Versions ${to + 1} to ${from - 1} are`} no longer kept
      </td>
    </tr>
  )
}

/** Each version of the price, with its author, its time and its reason. */
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
      <TableFrame>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">Price</th>
              <th scope="col">Compare-at</th>
              <th scope="col">Why</th>
              <th scope="col">Who</th>
              <th scope="col">Source</th>
              <th scope="col">When</th>
            </tr>
          </thead>
          <tbody>
            {history.entries.map((entry, i) => (
              <Fragment key={entry.version}>
                <tr>
                  <td data-label="Version">{entry.version}</td>
                  <td data-label="Price">
                    {entry.oldAmountMinor === entry.newAmountMinor ? (
                      <Money amountMinor={entry.newAmountMinor} />
                    ) : (
                      <Move from={entry.oldAmountMinor} to={entry.newAmountMinor} />
                    )}
                    <BaseMove entry={entry} />
                  </td>
                  <td data-label="Compare-at">
                    <CompareAt entry={entry} />
                  </td>
                  <td data-label="Why" className={table.text}>
                    <span>
                      {entry.reason ?? <span className="muted">No reason given</span>}
                      {entry.bulkEditId === null ? null : (
                        <Link href={`/admin/bulk/${entry.bulkEditId}`} className={table.sub}>
                          Part of a bulk edit
                        </Link>
                      )}
                    </span>
                  </td>
                  <td data-label="Who">
                    <Actor name={entry.actor} />
                  </td>
                  <td data-label="Source">
                    <Badge tone={entry.source === 'sql' ? 'warning' : 'neutral'}>{entry.source}</Badge>
                  </td>
                  <td data-label="When">
                    <time dateTime={entry.changedAt.toISOString()}>{absolute(entry.changedAt)}</time>
                    {entry.source === 'seed' ? null : (
                      <Link href={receiptPath(entry)} className={table.sub}>
                        Receipt
                      </Link>
                    )}
                  </td>
                </tr>
                <Forgotten from={entry.version} to={history.entries[i + 1]?.version} />
              </Fragment>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <p className={styles.pages}>
        {isFirstPage ? <span /> : <Link href={path}>Newest</Link>}
        {history.nextBefore === undefined ? null : (
          <Link href={`${path}?before=${history.nextBefore}#history`}>Older versions</Link>
        )}
      </p>
    </>
  )
}
