import Link from 'next/link'
import type { ReactNode } from 'react'
import type { BulkEditView } from '#lib/pricing/bulk/contract.ts'
import { Badge } from '../../../../_ui/Notice.tsx'
import { Actor, When } from '../../../_components/Values.tsx'
import { type Column, DataTable, Main, Sub } from '../../../_components/DataTable.tsx'
import { editState, KINDS, rows } from './states.ts'

function sizeOf({ summary, progress, state }: BulkEditView): string {
  if (state === 'previewed' || state === 'approved') return rows(summary?.changed ?? 0)
  return `${progress.applied.toLocaleString('en')} of ${rows(progress.applied + progress.conflicts + (summary ? summary.changed - progress.applied - progress.conflicts : 0))}`
}

const SOURCES: Readonly<Partial<Record<BulkEditView['source'], string>>> = { api: 'API', csv: 'file import' }

const COLUMNS: readonly Column<BulkEditView>[] = [
  {
    header: 'Why',
    cell: ({ id, reason, kind, source }) => (
      <>
        <Main>
          <Link href={`/admin/bulk/${id}`}>{reason}</Link>
        </Main>
        <Sub>
          {KINDS[kind]} · from the {SOURCES[source] ?? source}
        </Sub>
      </>
    ),
  },
  {
    header: 'State',
    cell: (edit) => {
      const { words, tone } = editState(edit)
      return <Badge tone={tone}>{words}</Badge>
    },
  },
  { header: 'Size', kind: 'short', cell: sizeOf },
  {
    header: 'Who',
    cell: ({ createdBy, approvedBy }) => (
      <>
        <Actor name={createdBy} />
        {approvedBy && approvedBy !== createdBy ? (
          <Sub>
            approved by <Actor name={approvedBy} />
          </Sub>
        ) : null}
      </>
    ),
  },
  { header: 'When', kind: 'short', cell: ({ createdAt }) => <When at={new Date(createdAt)} /> },
]

/** Bulk edits, the newest first. */
export function EditTable({ edits, empty }: { edits: readonly BulkEditView[]; empty: ReactNode }) {
  return <DataTable label="Bulk edits" columns={COLUMNS} rows={edits} rowKey={({ id }) => id} empty={empty} />
}
