import Link from 'next/link'
import type { BulkEditView } from '#lib/pricing/bulk/contract.ts'
import { Badge } from '../../../../_ui/Notice.tsx'
import { Actor } from '../../../_components/Actor.tsx'
import { TableFrame } from '../../../_components/TableFrame.tsx'
import table from '../../../_components/table.module.css'
import { When } from '../../../_components/When.tsx'
import { editState, KINDS, rows } from './states.ts'

function sizeOf({ summary, progress, state }: BulkEditView): string {
  if (state === 'previewed' || state === 'approved') return rows(summary?.changed ?? 0)
  return `${progress.applied.toLocaleString('en')} of ${rows(progress.applied + progress.conflicts + (summary ? summary.changed - progress.applied - progress.conflicts : 0))}`
}

/** Bulk edits, the newest first. */
export function EditTable({ edits }: { edits: readonly BulkEditView[] }) {
  return (
    <TableFrame>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Why</th>
            <th scope="col">State</th>
            <th scope="col">Size</th>
            <th scope="col">Who</th>
            <th scope="col">When</th>
          </tr>
        </thead>
        <tbody>
          {edits.map((edit) => {
            const { words, tone } = editState(edit)
            return (
              <tr key={edit.id}>
                <th scope="row" className={table.wide}>
                  <Link href={`/admin/bulk/${edit.id}`} className={table.main}>
                    {edit.reason}
                  </Link>
                  <span className={table.sub}>
                    {KINDS[edit.kind]} · from the{' '}
                    {edit.source === 'api' ? 'API' : edit.source === 'csv' ? 'file import' : edit.source}
                  </span>
                </th>
                <td data-label="State">
                  <Badge tone={tone}>{words}</Badge>
                </td>
                <td data-label="Size" className={table.number}>
                  {sizeOf(edit)}
                </td>
                <td data-label="Who">
                  <Actor name={edit.createdBy} />
                  {edit.approvedBy && edit.approvedBy !== edit.createdBy ? (
                    <span className={table.sub}>
                      approved by <Actor name={edit.approvedBy} />
                    </span>
                  ) : null}
                </td>
                <td data-label="When" className={table.number}>
                  <When at={new Date(edit.createdAt)} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </TableFrame>
  )
}
