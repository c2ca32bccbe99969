import Link from 'next/link'
import type { LayerSeen, LedgerEdit } from '#lib/observability/dashboard/ledgerSearch.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { Actor } from '../_components/Actor.tsx'
import { Money } from '../_components/Amounts.tsx'
import { TableFrame } from '../_components/TableFrame.tsx'
import table from '../_components/table.module.css'
import { When } from '../_components/When.tsx'
import { showMs } from './format.ts'
import styles from './LedgerTable.module.css'
import { byLayer, layerLabel } from './layers.ts'

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

function State({ edit }: { edit: LedgerEdit }) {
  if (edit.outboxId === null) return <span className="muted">Its delivery is no longer kept</span>
  if (edit.deliveredAt === null) return <Badge tone="warning">{edit.lastError ?? 'On its way'}</Badge>
  return edit.layers.length === 0 ? <span className="muted">Superseded: a newer edit was delivered</span> : null
}

/** For each edit: which layers showed it, how long after its commit, and how often it was tried. */
export function LedgerTable({ edits }: { edits: readonly LedgerEdit[] }) {
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
              </td>
              <td data-label="Layers">
                <ul className={styles.layers}>
                  {byLayer(edit.layers).map((seen) => (
                    <Seen key={seen.layer} seen={seen} />
                  ))}
                  <li>
                    <State edit={edit} />
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
