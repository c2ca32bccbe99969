import Link from 'next/link'
import type { ProbedMismatch, ProbedTarget } from '#lib/observability/dashboard/shapes.ts'
import { VERDICTS } from '#lib/verification/verdict.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { Empty } from '../_components/Empty.tsx'
import { TableFrame } from '../_components/TableFrame.tsx'
import table from '../_components/table.module.css'
import { showClock, showMs, showNines } from './format.ts'
import { layerLabel } from './layers.ts'
import styles from './ProbeTable.module.css'

function nines({ nines: measured, supported, reads, unreadable }: ProbedTarget): string {
  if (reads === unreadable) return 'no reads'
  return measured === null ? `at least ${showNines(supported)}` : `${showNines(supported)} to ${showNines(measured)}`
}

/** Readings of the prober by target: it asks for pages as shoppers do. */
export function ProbeTable({ rows }: { rows: readonly ProbedTarget[] }) {
  if (rows.length === 0)
    return (
      <Empty title="The prober has read nothing in this time">
        npm start runs it beside the shop; npm run probe runs it alone.
      </Empty>
    )
  return (
    <TableFrame>
      <table className={table.table} data-testid="probes">
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">Reads</th>
            <th scope="col">Wrong</th>
            <th scope="col">Nines of reads</th>
            <th scope="col">Lag p50</th>
            <th scope="col">p99</th>
            <th scope="col">Changes seen</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={`${row.layer} ${row.target}`}
              data-layer={row.layer}
              data-target={row.target}
              data-reads={row.reads}
              data-wrong={row.wrong}
            >
              <th scope="row" className={table.wide}>
                {row.target} <span className="muted">{layerLabel(row.layer)}</span>
              </th>
              <td data-label="Reads" className={table.number}>
                {row.reads.toLocaleString('en')}
              </td>
              <td data-label="Wrong" className={table.number}>
                <span>
                  {row.wrong === 0 ? '0' : <Badge tone="danger">{row.wrong.toLocaleString('en')}</Badge>}
                  {row.unreadable === 0 ? null : (
                    <span className={table.sub}>{row.unreadable.toLocaleString('en')} without an answer</span>
                  )}
                </span>
              </td>
              <td data-label="Nines" className={table.number}>
                <strong>{nines(row)}</strong>
              </td>
              <td data-label="Lag p50" className={table.number}>
                {row.lag ? showMs(row.lag.p50) : '–'}
              </td>
              <td data-label="p99" className={table.number}>
                {row.lag ? showMs(row.lag.p99) : '–'}
              </td>
              <td data-label="Changes" className={table.number}>
                {(row.lag?.samples ?? 0).toLocaleString('en')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

/** Pages that were wrong, with all that is known of each. */
export function MismatchList({ rows }: { rows: readonly ProbedMismatch[] }) {
  if (rows.length === 0) return null
  return (
    <ul className={styles.mismatches} data-testid="mismatches">
      {rows.map((row) => (
        <li key={row.id} data-product-id={row.productId} data-verdict={row.verdict}>
          <details>
            <summary>
              <Badge tone="danger">{VERDICTS[row.verdict].label}</Badge> {row.target}:{' '}
              <Link href={`/admin/freshness/products/${row.productId}`}>product {row.productId}</Link> at version{' '}
              {row.shownVersion ?? 'none'}, Postgres had {row.expectedVersion}{' '}
              <span className="muted">{showClock(row.probedAt)} UTC</span>
            </summary>
            <p className="mono">{row.url}</p>
            <pre className={styles.evidence}>{JSON.stringify(row.evidence, null, 2)}</pre>
          </details>
        </li>
      ))}
    </ul>
  )
}
