import Link from 'next/link'
import type { ReactNode } from 'react'
import type { LayerSeen, Receipt } from '#lib/observability/dashboard/receipts.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { Actor } from '../_components/Actor.tsx'
import { Money } from '../_components/Amounts.tsx'
import { type Column, DataTable, Sub } from '../_components/DataTable.tsx'
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

/** What stands beside the layers: an edit that every layer shows needs no more words. */
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

const COLUMNS: readonly Column<Receipt>[] = [
  {
    header: 'Edit',
    cell: ({ productId, productName, version, correlationId }) => (
      <>
        <Link href={`/admin/freshness/products/${productId}`}>{productName}</Link>
        <Sub>
          version {version}
          {correlationId ? (
            <>
              {' '}
              · <span className="mono">{correlationId}</span>
            </>
          ) : null}
        </Sub>
      </>
    ),
  },
  { header: 'Price', kind: 'number', cell: ({ amountMinor }) => <Money amountMinor={amountMinor} /> },
  { header: 'Who', cell: ({ actor }) => <Actor name={actor} /> },
  {
    header: 'When',
    kind: 'short',
    cell: (edit) => (
      <>
        <When at={edit.changedAt} />
        <Sub>
          <Link href={receiptPath(edit)}>Receipt</Link>
        </Sub>
      </>
    ),
  },
  {
    header: 'Layers',
    cell: (edit) => (
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
    ),
  },
]

/** For each edit: which layers showed it, how long after its commit, and how often it was tried. */
export function LedgerTable({ edits, empty }: { edits: readonly Receipt[]; empty?: ReactNode }) {
  return (
    <DataTable
      label="Edits"
      columns={COLUMNS}
      rows={edits}
      rowKey={({ productId, version }) => `${productId}@${version}`}
      rowData={({ productId, version }) => ({ 'data-price': `${productId}@${version}` })}
      empty={empty}
      testId="ledger"
    />
  )
}
