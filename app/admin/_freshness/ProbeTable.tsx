import Link from 'next/link'
import type { ProbedMismatch, ProbedTarget } from '#lib/observability/dashboard/shapes.ts'
import { VERDICTS } from '#lib/verification/verdict.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { type Column, DataTable, Sub } from '../_components/DataTable.tsx'
import { Stack } from '../_components/Layout.tsx'
import { Empty } from '../_components/States.tsx'
import { showClock, showMs, showNines } from './format.ts'
import { layerLabel } from './layers.ts'

function rightReads({ nines: measured, supported, reads, unreadable }: ProbedTarget): string {
  if (reads === unreadable) return 'no reads'
  return measured === null ? `at least ${showNines(supported)}` : `${showNines(supported)} to ${showNines(measured)}`
}

const COLUMNS: readonly Column<ProbedTarget>[] = [
  {
    header: 'Where',
    cell: ({ target, layer }) => (
      <>
        {target} <span className="muted">{layerLabel(layer)}</span>
      </>
    ),
  },
  { header: 'Reads', kind: 'number', cell: ({ reads }) => reads.toLocaleString('en') },
  {
    header: 'Wrong',
    kind: 'number',
    cell: ({ wrong, unreadable }) => (
      <>
        {wrong === 0 ? '0' : <Badge tone="danger">{wrong.toLocaleString('en')}</Badge>}
        {unreadable === 0 ? null : <Sub>{unreadable.toLocaleString('en')} without an answer</Sub>}
      </>
    ),
  },
  { header: 'Nines of reads', label: 'Nines', kind: 'number', cell: (row) => <strong>{rightReads(row)}</strong> },
  { header: 'Lag p50', kind: 'number', cell: ({ lag }) => (lag ? showMs(lag.p50) : '–') },
  { header: 'p99', kind: 'number', cell: ({ lag }) => (lag ? showMs(lag.p99) : '–') },
  {
    header: 'Changes seen',
    label: 'Changes',
    kind: 'number',
    cell: ({ lag }) => (lag?.samples ?? 0).toLocaleString('en'),
  },
]

/** The reads of the prober, which asks for pages as shoppers do. */
export function ProbeTable({ rows }: { rows: readonly ProbedTarget[] }) {
  return (
    <DataTable
      label="Seen by the prober"
      columns={COLUMNS}
      rows={rows}
      rowKey={({ layer, target }) => `${layer} ${target}`}
      rowData={({ layer, target, reads, wrong }) => ({
        'data-layer': layer,
        'data-target': target,
        'data-reads': reads,
        'data-wrong': wrong,
      })}
      empty={
        <Empty title="No reads in this time">npm start runs it beside the shop; npm run probe runs it alone.</Empty>
      }
      testId="probes"
    />
  )
}

/** Wrong pages, each with its evidence. */
export function MismatchList({ rows }: { rows: readonly ProbedMismatch[] }) {
  if (rows.length === 0) return null
  return (
    <Stack as="ul" gap={2} data-testid="mismatches">
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
            <pre className="evidence">{JSON.stringify(row.evidence, null, 2)}</pre>
          </details>
        </li>
      ))}
    </Stack>
  )
}
