import Link from 'next/link'
import type { AlertRow } from '#lib/observability/dashboard/shapes.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { type Column, DataTable } from '../_components/DataTable.tsx'
import { Empty } from '../_components/Empty.tsx'
import styles from './AlertList.module.css'
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
      <span className={styles.about}>
        <span>{kind}</span>
        {layer === null ? null : <span>layer: {layer}</span>}
        {productIds.map((id) => (
          <Link key={id} href={`/admin/freshness/products/${id}`} prefetch={false}>
            Product {id}
          </Link>
        ))}
      </span>
      {evidence === '{}' ? null : (
        <details className={styles.evidence}>
          <summary>Evidence</summary>
          <pre>{evidence}</pre>
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
