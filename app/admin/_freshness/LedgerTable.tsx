import Link from 'next/link'
import type { ReactNode } from 'react'
import type { LayerSeen, Receipt } from '#lib/observability/dashboard/receipts.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { Actor, Money, When } from '../_components/Values.tsx'
import { type Column, DataTable, Sub } from '../_components/DataTable.tsx'
import { receiptPath, showMs } from './format.ts'
import { Row } from '../_components/Layout.tsx'
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

/** The state of an edit that is not live in every layer. */
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
  {
    header: 'Price',
    kind: 'number',
    cell: ({ amountMinor, currency }) => <Money amountMinor={amountMinor} currency={currency} />,
  },
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
      <Row as="ul" gap={2}>
        {edit.layers
          .filter(({ layer }) => layer !== 'postgres' && layer !== 'instance')
          .map((seen) => (
            <Seen key={seen.layer} seen={seen} />
          ))}
        {edit.state === 'live' ? null : (
          <li>
            <State receipt={edit} />
          </li>
        )}
      </Row>
    ),
  },
]

/** For each edit the lag and the attempts of each layer. */
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
