import type { SloRow } from '#lib/observability/dashboard/shapes.ts'
import { type Column, DataTable } from '../_components/DataTable.tsx'
import { showMs, showNines, showShare } from './format.ts'

/** The nines of a row: as measured if a change was late, and never more than the sample supports. */
function claim({ nines, supported, changes }: SloRow): string {
  if (changes === 0) return 'no changes yet'
  return nines === null
    ? `at least ${showNines(supported)}`
    : `${showNines(Math.max(supported, 0))} to ${showNines(nines)}`
}

function explain({ changes, late, nines }: SloRow): string {
  if (changes === 0) return 'A change counts once its time is over.'
  if (nines === null)
    return `None of ${changes.toLocaleString('en')} was late: by the rule of three that supports no more.`
  return `${late.toLocaleString('en')} of ${changes.toLocaleString('en')} late: as measured, and the least that is sure to 95 %.`
}

const COLUMNS: readonly Column<SloRow>[] = [
  { header: 'Within', label: 'Within', cell: ({ withinMs }) => showMs(withinMs) },
  { header: 'In time', kind: 'number', cell: ({ changes, late }) => showShare(changes - late, changes) },
  { header: 'Nines', kind: 'number', cell: (row) => <strong>{claim(row)}</strong> },
  { header: 'Sample', kind: 'text', cell: explain },
]

/** Share of price changes seen fresh in every layer in time, as nines: 2 nines are 99 %, 3 are 99.9 %. */
export function SloTable({ rows }: { rows: readonly SloRow[] }) {
  return (
    <DataTable
      label="Freshness"
      columns={COLUMNS}
      rows={rows}
      rowKey={({ withinMs }) => withinMs}
      rowData={({ withinMs, changes, late }) => ({
        'data-within': withinMs,
        'data-changes': changes,
        'data-late': late,
      })}
      testId="freshness-slo"
    />
  )
}
