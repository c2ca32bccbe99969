import Link from 'next/link'
import type { ReactNode } from 'react'
import { RESOURCES } from '#lib/catalog/resources.ts'
import { versionedTag } from '#lib/coherence/tags.ts'
import type { LayerSeen, Receipt, ResourceReceipt } from '#lib/observability/dashboard/receipt.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { Actor, Money, When } from '../_components/Values.tsx'
import { type Column, DataTable, Sub } from '../_components/DataTable.tsx'
import { capitalized, receiptPath, showMs } from './format.ts'
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

/** What the audit log calls the edit of another kind than a price, or the order that made it. */
export function AuditAction({ audit, orderNumber }: Pick<ResourceReceipt, 'audit' | 'orderNumber'>) {
  if (orderNumber !== null) return <Link href={`/admin/orders/${orderNumber}`}>Order {orderNumber}</Link>
  if (audit === null) return <span className="muted">not in the audit log</span>
  return <Badge tone="neutral">{audit.action}</Badge>
}

const COLUMNS: readonly Column<Receipt>[] = [
  {
    header: 'Edit',
    cell: ({ kind, id, productName, version, correlationId }) => (
      <>
        {productName === null ? (
          capitalized(RESOURCES[kind].describe(id))
        ) : (
          <Link href={`/admin/freshness/products/${id}`}>{productName}</Link>
        )}
        <Sub>
          {kind} version {version}
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
    header: 'Change',
    kind: 'number',
    cell: (edit) =>
      edit.kind === 'price' ? (
        <Money amountMinor={edit.amountMinor} currency={edit.currency} />
      ) : (
        <AuditAction {...edit} />
      ),
  },
  { header: 'Who', cell: ({ actor }) => (actor === null ? <span className="muted">–</span> : <Actor name={actor} />) },
  {
    header: 'When',
    kind: 'short',
    cell: (edit) => (
      <>
        {edit.changedAt === null ? null : <When at={edit.changedAt} />}
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
      rowKey={({ kind, id, version }) => versionedTag(kind, id, version)}
      rowData={({ kind, id, version }) => ({ 'data-edit': versionedTag(kind, id, version) })}
      empty={empty}
      testId="ledger"
    />
  )
}
