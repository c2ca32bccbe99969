import Link from 'next/link'
import { type Resource, RESOURCES } from '#lib/catalog/resources.ts'
import { tag } from '#lib/coherence/tags.ts'
import type { LayerSeen, PriceReceipt, Receipt, ResourceReceipt } from '#lib/observability/dashboard/receipt.ts'
import { Badge, Notice } from '../../_ui/Notice.tsx'
import { Fact, Facts } from '../_components/Layout.tsx'
import { Actor, Money } from '../_components/Values.tsx'
import { type Column, DataTable, Sub } from '../_components/DataTable.tsx'
import { absolute } from '../_lib/time.ts'
import { AuditDetail } from '../_components/AuditDetail.tsx'
import { AuditAction } from './LedgerTable.tsx'
import { capitalized, receiptPath, showMs } from './format.ts'

/** The layers in the words of an editor. */
const PLACES: Readonly<Record<LayerSeen['layer'], { name: string; means: string }>> = {
  postgres: { name: 'Saved', means: 'It is in the database.' },
  index: { name: 'Live', means: 'From here on no page is sent with an older version.' },
  redis: { name: 'Old copies removed', means: 'Copies with an older version are gone.' },
  instance: { name: 'Web server', means: 'It sends this version or a newer one.' },
  page: { name: 'All web servers', means: 'Each one sends it, and sampled pages showed it.' },
  edge: { name: 'Edge', means: 'Pages read through the CDN showed it.' },
}

function Headline({ receipt }: { receipt: Receipt }) {
  const { kind, id, version, state, supersededBy, lastError, layers } = receipt
  switch (state) {
    case 'live': {
      const slowest = Math.max(0, ...layers.map(({ lagMs }) => lagMs ?? 0))
      return (
        <Notice tone="success">
          <strong>Every layer showed version {version}</strong> after {showMs(slowest)}.
        </Notice>
      )
    }
    case 'propagating':
      return (
        <Notice tone="warning">
          <strong>Saved, still propagating.</strong> It reaches the rest by itself: read again in a moment.
          {lastError === null ? null : <Sub>{lastError}</Sub>}
        </Notice>
      )
    case 'quarantined':
      return (
        <Notice tone="danger">
          <strong>A page does not show it.</strong> It is tried every 30 seconds, and an alert is open.
          {lastError === null ? null : <Sub>{lastError}</Sub>}
        </Notice>
      )
    case 'superseded':
      return (
        <Notice>
          <strong>Superseded: a newer version was delivered in its place.</strong>{' '}
          {supersededBy === null ? null : (
            <Link href={receiptPath({ kind, id, version: supersededBy })}>Receipt of version {supersededBy}</Link>
          )}
        </Notice>
      )
    case 'forgotten':
      return (
        <Notice>
          <strong>The times are no longer kept.</strong> A receipt is kept for 35 days after its edit was delivered.
        </Notice>
      )
  }
}

/** `14:03:07.123`; the day stands above the table. */
const clock = (at: Date) => at.toISOString().slice(11, 23)

const COLUMNS: readonly Column<LayerSeen>[] = [
  {
    header: 'Layer',
    cell: ({ layer, place }) => (
      <>
        {PLACES[layer].name}
        {place === null ? null : <Sub>{place}</Sub>}
      </>
    ),
  },
  {
    header: 'After',
    kind: 'short',
    cell: ({ layer, lagMs }) => {
      if (lagMs === null) return <Badge tone="warning">not yet</Badge>
      return layer === 'postgres' ? <span className="muted">–</span> : showMs(lagMs)
    },
  },
  {
    header: 'Time (UTC)',
    kind: 'short',
    cell: ({ seenAt }) => (seenAt === null ? '–' : <time dateTime={seenAt.toISOString()}>{clock(seenAt)}</time>),
  },
  {
    header: 'What that means',
    label: 'Means',
    kind: 'text',
    cell: ({ layer, attempts }) => (
      <>
        {PLACES[layer].means}
        {attempts > 1 ? <span className="muted"> Read {attempts} times.</span> : null}
      </>
    ),
  },
]

const auditPath = (target: string) => `/admin/audit?${new URLSearchParams({ target })}`

/** The facts that only an edit of a price has. */
function PriceFacts({ receipt: { amountMinor, currency, version } }: { receipt: PriceReceipt }) {
  return (
    <Fact name="Price">
      <Money amountMinor={amountMinor} currency={currency} /> <span className="muted">version {version}</span>
    </Fact>
  )
}

/** The facts of the audit log. Of what the outbox has no more it may still have who and why. */
function ResourceFacts({ receipt }: { receipt: ResourceReceipt }) {
  const { kind, id, version, audit, changedAt } = receipt
  const { ofProduct, describe }: Resource = RESOURCES[kind]
  const target = audit === null && !isOfOrder(receipt) ? tag(ofProduct ? 'product' : kind, id) : (audit?.target ?? null)
  return (
    <>
      <Fact name="Changed">
        {capitalized(describe(id))} <span className="muted">version {version}</span>
      </Fact>
      <Fact name={changedAt === null ? 'Who and why' : 'Action'}>
        {changedAt === null ? null : <AuditAction {...receipt} />}
        {target === null ? null : (
          <Sub>
            <Link href={auditPath(target)}>Audit log of {target}</Link>
          </Sub>
        )}
      </Fact>
    </>
  )
}

const isOfOrder = (receipt: Receipt) => receipt.kind !== 'price' && receipt.orderNumber !== null

function Who({ receipt }: { receipt: Receipt }) {
  if (receipt.actor !== null) return <Actor name={receipt.actor} />
  return isOfOrder(receipt) ? 'A shopper' : <span className="muted">Not known</span>
}

/** One edit: its actor, and the time at which each layer showed it. */
export function ReceiptView({ receipt }: { receipt: Receipt }) {
  const { reason, changedAt, correlationId, traceId, layers } = receipt
  return (
    <>
      <Headline receipt={receipt} />
      <Facts look="grid">
        {receipt.kind === 'price' ? <PriceFacts receipt={receipt} /> : <ResourceFacts receipt={receipt} />}
        {changedAt === null ? null : (
          <>
            <Fact name="Saved">
              <time dateTime={changedAt.toISOString()}>{absolute(changedAt)}</time>
            </Fact>
            <Fact name="By">
              <Who receipt={receipt} />{' '}
              {receipt.kind === 'price' ? (
                <Badge tone={receipt.source === 'sql' ? 'warning' : 'neutral'}>{receipt.source}</Badge>
              ) : null}
            </Fact>
            {isOfOrder(receipt) ? null : (
              <Fact name="Why">
                {reason ?? <span className="muted">No reason given</span>}
                {receipt.kind === 'price' && receipt.bulkEditId !== null ? (
                  <>
                    {' '}
                    <Link href={`/admin/bulk/${receipt.bulkEditId}`}>Part of a bulk edit</Link>
                  </>
                ) : null}
              </Fact>
            )}
          </>
        )}
        {correlationId === null ? null : (
          <Fact name="Correlation id">
            <span className="mono">{correlationId}</span>
          </Fact>
        )}
        {traceId === null ? null : (
          <Fact name="Trace id">
            <span className="mono">{traceId}</span>
          </Fact>
        )}
      </Facts>
      {receipt.kind !== 'price' && receipt.audit ? <AuditDetail detail={receipt.audit.detail} /> : null}
      <DataTable
        label="Layers"
        columns={COLUMNS}
        rows={layers}
        rowKey={({ layer, place }) => `${layer} ${place}`}
        rowData={({ layer }) => ({ 'data-layer': layer })}
        empty={null}
        testId="receipt"
      />
    </>
  )
}
