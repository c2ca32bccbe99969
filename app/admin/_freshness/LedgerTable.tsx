import Link from 'next/link'
import type { LayerSeen, Receipt } from '#lib/observability/dashboard/receipts.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { Actor } from '../_components/Actor.tsx'
import { Money } from '../_components/Amounts.tsx'
import { TableFrame } from '../_components/TableFrame.tsx'
import table from '../_components/table.module.css'
import { When } from '../_components/When.tsx'
import { showMs } from './format.ts'
import styles from './LedgerTable.module.css'
import { receiptPath } from './receiptPath.ts'
import { layerLabel } from './layers.ts'

function Seen({ seen: { layer, lagMs, seenAt, attempts } }: { seen: LayerSeen }) {
  const text = seenAt === null ? 'not seen yet' : lagMs === null ? 'seen' : `after ${showMs(lagMs)}`
  return (
    <li>
      <Badge tone={seenAt === null ? 'warning' : 'success'}>
        {layerLabel(layer)} {text}
      </Badge>
      {attempts > 1 ? <span className="muted"> tried {attempts} times</span> : null}
    </li>
  )
}

/** The text beside the layers: an edit that every layer shows needs no more words. */
function State({ receipt: { state, lastError, supersededBy } }: { receipt: Receipt }) {
  switch (state) {
    case 'live':
      return null
    case 'forgotten':
      return <span className="muted">Its delivery is no longer kept</span>
    case 'superseded':
      return <span className="muted">Superseded{supersededBy === null ? '' : ` by version ${supersededBy}`}</span>
    case 'propagating':
    case 'quarantined':
      return <Badge tone={state === 'quarantined' ? 'danger' : 'warning'}>{lastError ?? 'On its way'}</Badge>
  }
}

/** For each edit: which layers showed it, how long after its commit, and how often it was tried. */
export function LedgerTable({ edits }: { edits: readonly Receipt[] }) {
  return (
    <TableFrame>
      <table className={table.table} data-testid="ledger">
        <thead>
          <tr>
            <th scope="col">Edit</th>
            <th scope="col">Price</th>
            <th scope="col">Who</th>
            <th scope="col">When</th>
            <th scope="col">Layers</th>
          </tr>
        </thead>
        <tbody>
          {edits.map((edit) => (
            <tr key={`${edit.productId}@${edit.version}`} data-price={`${edit.productId}@${edit.version}`}>
              <th scope="row" className={table.wide}>
                <Link href={`/admin/freshness/products/${edit.productId}`}>{edit.productName}</Link>
                <span className={table.sub}>
                  version {edit.version}
                  {edit.correlationId ? (
                    <>
                      {' '}
                      · <span className="mono">{edit.correlationId}</span>
                    </>
                  ) : null}
                </span>
              </th>
              <td data-label="Price">
                <Money amountMinor={edit.amountMinor} />
              </td>
              <td data-label="Who">
                <Actor name={edit.actor} />
              </td>
              <td data-label="When" className={table.number}>
                <When at={edit.changedAt} />
                <Link href={receiptPath(edit)} className={table.sub}>
                  Receipt
                </Link>
              </td>
              <td data-label="Layers">
                <ul className={styles.layers}>
                  {edit.layers
                    .filter(({ layer }) => layer !== 'postgres' && layer !== 'instance')
                    .map((seen) => (
                      <Seen key={seen.layer} seen={seen} />
                    ))}
                  <li>
                    <State receipt={edit} />
                  </li>
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
