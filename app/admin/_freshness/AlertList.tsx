import Link from 'next/link'
import type { AlertRow } from '#lib/observability/dashboard/shapes.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { Empty } from '../_components/Empty.tsx'
import { TableFrame } from '../_components/TableFrame.tsx'
import table from '../_components/table.module.css'
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

/** Alerts, the open ones first. The monitor raises and resolves them; none has to be closed by hand. */
export function AlertList({ open, resolved }: { open: readonly AlertRow[]; resolved: readonly AlertRow[] }) {
  if (open.length + resolved.length === 0)
    return (
      <Empty title="No alert, now or before">
        An alert stands here from the moment it is raised until it is resolved.
      </Empty>
    )
  return (
    <TableFrame>
      <table className={table.table} data-testid="alerts">
        <thead>
          <tr>
            <th scope="col">Alert</th>
            <th scope="col">State</th>
            <th scope="col">Raised (UTC)</th>
            <th scope="col">Lasted</th>
          </tr>
        </thead>
        <tbody>
          {[...open, ...resolved].map((alert) => (
            <tr key={alert.id} data-kind={alert.kind}>
              <th scope="row" className={table.wide}>
                {alert.summary}
                <About alert={alert} />
              </th>
              <td data-label="State" className={table.number}>
                {alert.resolvedAt === null ? (
                  <Badge tone={alert.severity === 'warning' ? 'warning' : 'danger'}>open · {alert.severity}</Badge>
                ) : (
                  <Badge tone="success">resolved</Badge>
                )}
              </td>
              <td data-label="Raised" className={table.number}>
                <Moment at={alert.raisedAt} />
              </td>
              <td data-label="Lasted" className={table.number}>
                {showMs(Date.parse(alert.resolvedAt ?? alert.lastSeenAt) - Date.parse(alert.raisedAt))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
