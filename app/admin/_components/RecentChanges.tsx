import Link from 'next/link'
import { changedBase, type RecentChange } from '#lib/pricing/history.ts'
import { Actor } from './Actor.tsx'
import { Money, Move } from './Amounts.tsx'
import { Empty } from './Empty.tsx'
import { BaseMove } from './PriceHistory.tsx'
import { TableFrame } from './TableFrame.tsx'
import table from './table.module.css'
import { When } from './When.tsx'

/** The newest price changes of the whole catalog. */
export function RecentChanges({ changes }: { changes: readonly RecentChange[] }) {
  if (changes.length === 0) {
    return (
      <Empty title="No price has been changed yet">
        Find a product above and change its price: the change appears here.
      </Empty>
    )
  }
  return (
    <TableFrame>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Product</th>
            <th scope="col">Price</th>
            <th scope="col">Why</th>
            <th scope="col">Who</th>
            <th scope="col">When</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={`${change.productId}@${change.version}`}>
              <th scope="row" className={table.wide}>
                <Link href={`/admin/products/${change.productId}`} className={table.main}>
                  {change.productName}
                </Link>
                <span className={table.sub}>
                  {change.sku} · version {change.version}
                </span>
              </th>
              <td data-label="Price">
                {changedBase(change) ? (
                  <BaseMove entry={change} />
                ) : change.oldAmountMinor === change.newAmountMinor ? (
                  <span>
                    <Money amountMinor={change.newAmountMinor} /> <span className="muted">compare-at changed</span>
                  </span>
                ) : (
                  <Move from={change.oldAmountMinor} to={change.newAmountMinor} />
                )}
              </td>
              <td data-label="Why" className={table.text}>
                <span>
                  {change.reason ?? <span className="muted">No reason given</span>}
                  {change.bulkEditId === null ? null : (
                    <Link href={`/admin/bulk/${change.bulkEditId}`} className={table.sub}>
                      Part of a bulk edit
                    </Link>
                  )}
                </span>
              </td>
              <td data-label="Who">
                <Actor name={change.actor} />
              </td>
              <td data-label="When" className={table.number}>
                <When at={change.changedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
