import type { NinesRow } from '#lib/observability/dashboard/shapes.ts'
import { type Column, DataTable } from '../_components/DataTable.tsx'
import { showMs, showNines, showShare } from './format.ts'

/** What may be said of a row: measured nines where something was late, and never more than the sample supports. */
function claim({ nines, supported, changes }: NinesRow): string {
  if (changes === 0) return 'no changes yet'
  return nines === null
    ? `at least ${showNines(supported)}`
    : `${showNines(Math.max(supported, 0))} to ${showNines(nines)}`
}

function explain({ changes, late, nines }: NinesRow): string {
  if (changes === 0) return 'A change counts once its time is over.'
  if (nines === null)
    return `None of ${changes.toLocaleString('en')} was late: by the rule of three that supports no more.`
  return `${late.toLocaleString('en')} of ${changes.toLocaleString('en')} late: as measured, and the least that is sure to 95 %.`
}

const COLUMNS: readonly Column<NinesRow>[] = [
  { header: 'Within', label: 'Within', cell: ({ withinMs }) => showMs(withinMs) },
  { header: 'In time', kind: 'number', cell: ({ changes, late }) => showShare(changes - late, changes) },
  { header: 'Nines', kind: 'number', cell: (row) => <strong>{claim(row)}</strong> },
  { header: 'What the sample supports', label: 'Sample', kind: 'text', cell: explain },
]

/** Share of price changes seen fresh in every layer in time, as nines: 2 nines are 99 %, 3 are 99.9 %. */
export function NinesTable({ rows }: { rows: readonly NinesRow[] }) {
  return (
    <DataTable
      label="Freshness in nines"
      columns={COLUMNS}
      rows={rows}
      rowKey={({ withinMs }) => withinMs}
      rowData={({ withinMs, changes, late }) => ({
        'data-within': withinMs,
        'data-changes': changes,
        'data-late': late,
      })}
      testId="nines"
    />
  )
}
