import { type Column, DataTable } from '../../../_components/DataTable.tsx'

export const LISTED = 200

interface RowError {
  readonly line: number
  readonly sku: string | null
  /** As the file names it. */
  readonly column: string | null
  readonly message: string
}

const COLUMNS: readonly Column<RowError>[] = [
  { header: 'Line', label: 'Line', cell: ({ line }) => line },
  { header: 'SKU', cell: ({ sku }) => sku ?? '–' },
  { header: 'Column', cell: ({ column }) => column ?? '–' },
  { header: 'What is wrong', label: 'Wrong', kind: 'text', cell: ({ message }) => message },
]

/** The rejected rows of a file, by line. */
export function ErrorTable({ errors }: { errors: readonly RowError[] }) {
  return (
    <DataTable
      label="Rows that could not be taken"
      columns={COLUMNS}
      rows={errors.slice(0, LISTED)}
      rowKey={({ line, column }) => `${line} ${column}`}
    />
  )
}
