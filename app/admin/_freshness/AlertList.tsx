import Link from 'next/link'
import { Fragment } from 'react'
import type { AlertRow, Snapshot } from '#lib/observability/dashboard/shapes.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { type Column, DataTable, Sub } from '../_components/DataTable.tsx'
import { Empty } from '../_components/States.tsx'
import { showClock, showMs } from './format.ts'

function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={at}>
      {at.slice(0, 10)} {showClock(at)}
    </time>
  )
}

/** Its kind and layer, the products to look at, and on demand all that was seen. */
function About({ alert: { kind, layer, productIds, evidence } }: { alert: AlertRow }) {
  return (
    <>
      <Sub>
        {kind}
        {layer === null ? '' : ` · layer: ${layer}`}
        {productIds.map((id) => (
          <Fragment key={id}>
            {' · '}
            <Link href={`/admin/freshness/products/${id}`} prefetch={false}>
              Product {id}
            </Link>
          </Fragment>
        ))}
      </Sub>
      {evidence === '{}' ? null : (
        <details>
          <summary className="muted">Evidence</summary>
          <pre className="evidence">{evidence}</pre>
        </details>
      )}
    </>
  )
}

const COLUMNS: readonly Column<AlertRow>[] = [
  {
    header: 'Alert',
    cell: (alert) => (
      <>
        {alert.summary}
        <About alert={alert} />
      </>
    ),
  },
  {
    header: 'State',
    kind: 'short',
    cell: ({ resolvedAt, severity }) =>
      resolvedAt === null ? (
        <Badge tone={severity === 'warning' ? 'warning' : 'danger'}>open · {severity}</Badge>
      ) : (
        <Badge tone="success">resolved</Badge>
      ),
  },
  { header: 'Raised (UTC)', label: 'Raised', kind: 'short', cell: ({ raisedAt }) => <Moment at={raisedAt} /> },
  {
    header: 'Lasted',
    kind: 'short',
    cell: ({ resolvedAt, lastSeenAt, raisedAt }) => showMs(Date.parse(resolvedAt ?? lastSeenAt) - Date.parse(raisedAt)),
  },
]

/** Alerts, the open ones first. The monitor raises and resolves them; none has to be closed by hand. */
export function AlertList({ open, resolved }: { open: readonly AlertRow[]; resolved: readonly AlertRow[] }) {
  return (
    <DataTable
      label="Alerts"
      columns={COLUMNS}
      rows={[...open, ...resolved]}
      rowKey={({ id }) => id}
      rowData={({ kind }) => ({ 'data-kind': kind })}
      empty={<Empty title="No alert, now or before">An alert stands here from when it is raised.</Empty>}
      testId="alerts"
    />
  )
}

/** An outage of one layer may be fifty alerts: the dashboard shows what else there is, too. */
const OPEN = 6
const IN_ALL = 8

export function LatestAlerts({
  snapshot: { openAlerts, openAlertCount, resolvedAlerts },
}: {
  snapshot: Pick<Snapshot, 'openAlerts' | 'openAlertCount' | 'resolvedAlerts'>
}) {
  const open = openAlerts.slice(0, OPEN)
  const more = openAlertCount - open.length
  return (
    <>
      <AlertList open={open} resolved={more > 0 ? [] : resolvedAlerts.slice(0, IN_ALL - open.length)} />
      <p>
        {more > 0 ? (
          <strong>
            and {more} more that {more === 1 ? 'is' : 'are'} open.{' '}
          </strong>
        ) : null}
        <Link href="/admin/freshness/alerts" prefetch={false}>
          All alerts
        </Link>
      </p>
    </>
  )
}
