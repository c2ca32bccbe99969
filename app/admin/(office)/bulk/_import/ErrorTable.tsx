import { type Column, DataTable } from '../../../_components/DataTable.tsx'

const LISTED = 200

/** The way on with rejected rows. */
export const CORRECT_THEM = 'Download them, correct that file and import it.'

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

interface Props {
  readonly errors: readonly RowError[]
  /** All of them, those that are not in `errors` too. */
  readonly count: number
}

/** The rejected rows of a file, by line. */
export function ErrorTable({ errors, count }: Props) {
  return (
    <>
      <DataTable
        label="Rows that could not be taken"
        columns={COLUMNS}
        rows={errors.slice(0, LISTED)}
        rowKey={({ line, column }) => `${line} ${column}`}
      />
      {count > LISTED ? (
        <p className="muted">The first {LISTED} are listed; the file of the rejected rows has them all.</p>
      ) : null}
    </>
  )
}
