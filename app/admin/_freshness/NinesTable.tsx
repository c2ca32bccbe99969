import type { NinesRow } from '#lib/observability/dashboard/shapes.ts'
import { TableFrame } from '../_components/TableFrame.tsx'
import table from '../_components/table.module.css'
import { showMs, showNines, showShare } from './format.ts'

/** The claim that a row supports: measured nines where something was late, and never more than the sample supports. */
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

/** Share of price changes seen fresh in every layer in time, as nines: 2 nines are 99 %, 3 are 99.9 %. */
export function NinesTable({ rows }: { rows: readonly NinesRow[] }) {
  return (
    <TableFrame>
      <table className={table.table} data-testid="nines">
        <thead>
          <tr>
            <th scope="col">Within</th>
            <th scope="col">In time</th>
            <th scope="col">Nines</th>
            <th scope="col">What the sample supports</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.withinMs} data-within={row.withinMs} data-changes={row.changes} data-late={row.late}>
              <th scope="row">{showMs(row.withinMs)}</th>
              <td data-label="In time" className={table.number}>
                {showShare(row.changes - row.late, row.changes)}
              </td>
              <td data-label="Nines" className={table.number}>
                <strong>{claim(row)}</strong>
              </td>
              <td data-label="Sample" className={table.text}>
                {explain(row)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
