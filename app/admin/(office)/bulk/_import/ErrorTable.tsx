import { type Column, DataTable } from '../../../_components/DataTable.tsx'
import type { ImportResult } from './upload.ts'

export const LISTED = 200

const COLUMNS: readonly Column<ImportResult['errors'][number]>[] = [
  { header: 'Line', label: 'Line', cell: ({ line }) => line },
  { header: 'SKU', cell: ({ sku }) => sku ?? '–' },
  { header: 'Column', cell: ({ column }) => column ?? '–' },
  { header: 'What is wrong', label: 'Wrong', kind: 'text', cell: ({ message }) => message },
]

/** The rejected rows of a file, by line. */
export function ErrorTable({ errors }: Pick<ImportResult, 'errors'>) {
  return (
    <DataTable
      label="Rows that could not be taken"
      columns={COLUMNS}
      rows={errors.slice(0, LISTED)}
      rowKey={({ line, column }) => `${line} ${column}`}
    />
  )
}
