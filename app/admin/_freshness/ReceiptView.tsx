import Link from 'next/link'
import type { LayerSeen, Receipt } from '#lib/observability/dashboard/receipts.ts'
import { Badge, Notice } from '../../_ui/Notice.tsx'
import { Actor } from '../_components/Actor.tsx'
import { Money } from '../_components/Amounts.tsx'
import { TableFrame } from '../_components/TableFrame.tsx'
import table from '../_components/table.module.css'
import { absolute } from '../_lib/time.ts'
import { showMs } from './format.ts'
import { receiptPath } from './receiptPath.ts'
import styles from './ReceiptView.module.css'

/** The names of the layers for a price manager. */
const PLACES: Readonly<Record<LayerSeen['layer'], { name: string; means: string }>> = {
  postgres: { name: 'Saved', means: 'The price is in the database and in the history.' },
  index: { name: 'Live', means: 'From here on no page is sent with an older price.' },
  redis: { name: 'Old copies removed', means: 'What was kept with the older price is gone.' },
  instance: { name: 'Web server', means: 'It said that it sends this version or a newer one.' },
  page: { name: 'All web servers', means: 'Each one that runs has said so, and pages read by chance showed it.' },
  edge: { name: 'Edge', means: 'Pages read through the CDN showed it.' },
}

function Headline({ receipt }: { receipt: Receipt }) {
  const { productId, version, state, supersededBy, lastError, layers } = receipt
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
          {lastError === null ? null : <span className={styles.why}>{lastError}</span>}
        </Notice>
      )
    case 'quarantined':
      return (
        <Notice tone="danger">
          <strong>A page does not show it.</strong> It is tried every 30 seconds, and an alert is open.
          {lastError === null ? null : <span className={styles.why}>{lastError}</span>}
        </Notice>
      )
    case 'superseded':
      return (
        <Notice>
          <strong>Superseded: a newer price was delivered in its place.</strong>{' '}
          {supersededBy === null ? null : (
            <Link href={receiptPath({ productId, version: supersededBy })}>Receipt of version {supersededBy}</Link>
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

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** `14:03:07.123`; the day stands above the table. */
const clock = (at: Date) => at.toISOString().slice(11, 23)

/** The receipt of one edit: its author, and the time at which each layer showed it. */
export function ReceiptView({ receipt }: { receipt: Receipt }) {
  const { amountMinor, version, reason, actor, source, changedAt, bulkEditId, correlationId, traceId, layers } = receipt
  return (
    <>
      <Headline receipt={receipt} />
      <dl className={styles.facts}>
        <Fact name="Price">
          <Money amountMinor={amountMinor} /> <span className="muted">version {version}</span>
        </Fact>
        <Fact name="Saved">
          <time dateTime={changedAt.toISOString()}>{absolute(changedAt)}</time>
        </Fact>
        <Fact name="By">
          <Actor name={actor} /> <Badge tone={source === 'sql' ? 'warning' : 'neutral'}>{source}</Badge>
        </Fact>
        <Fact name="Why">
          {reason ?? <span className="muted">No reason given</span>}
          {bulkEditId === null ? null : (
            <>
              {' '}
              <Link href={`/admin/bulk/${bulkEditId}`}>Part of a bulk edit</Link>
            </>
          )}
        </Fact>
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
      </dl>
      <TableFrame>
        <table className={table.table} data-testid="receipt">
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">After</th>
              <th scope="col">Time (UTC)</th>
              <th scope="col">What that means</th>
            </tr>
          </thead>
          <tbody>
            {layers.map(({ layer, place, seenAt, lagMs, attempts }) => (
              <tr key={`${layer} ${place}`} data-layer={layer}>
                <th scope="row" className={table.wide}>
                  {PLACES[layer].name}
                  {place === null ? null : <span className={table.sub}>{place}</span>}
                </th>
                <td data-label="After" className={table.number}>
                  {lagMs === null ? (
                    <Badge tone="warning">not yet</Badge>
                  ) : layer === 'postgres' ? (
                    <span className="muted">–</span>
                  ) : (
                    showMs(lagMs)
                  )}
                </td>
                <td data-label="Time (UTC)" className={table.number}>
                  {seenAt === null ? '–' : <time dateTime={seenAt.toISOString()}>{clock(seenAt)}</time>}
                </td>
                <td data-label="Means" className={table.text}>
                  <span>
                    {PLACES[layer].means}
                    {attempts > 1 ? <span className="muted"> Read {attempts} times.</span> : null}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </>
  )
}
