import Link from 'next/link'
import { type BulkEditView, isDoubt, type PreviewRow } from '#lib/pricing/bulk/contract.ts'
import { type GridColumn, narrowed } from '../_grid/gridTable.ts'
import { showAmount } from '../_lib/showAmount.ts'
import { showMargin, showPercent } from '../_lib/showPercent.ts'
import styles from '../_grid/cells.module.css'
import { LEFT, ROW_STATE_WORDS, WARNING_WORDS } from './states.ts'
import { canRetry, ChooseRow } from './useRetryRows.tsx'

function changeOf(row: PreviewRow): string {
  const difference = row.newAmountCents - row.oldAmountCents
  if (difference === 0) return '–'
  return `${difference < 0 ? '−' : '+'}${showAmount(Math.abs(difference), row)}`
}

function tone({ oldAmountCents, newAmountCents }: PreviewRow): string | undefined {
  return newAmountCents < oldAmountCents ? styles.down : newAmountCents > oldAmountCents ? styles.up : undefined
}

function CompareAt({ row }: { row: PreviewRow }) {
  const { oldCompareAtCents: before, newCompareAtCents: after } = row
  if (before === after) return after === null ? '–' : showAmount(after, row)
  return (
    <span>
      <s className={styles.same}>{before === null ? 'none' : showAmount(before, row)}</s>{' '}
      {after === null ? 'none' : showAmount(after, row)}
    </span>
  )
}

function Margin({ row: { newAmountCents, costCents } }: { row: PreviewRow }) {
  const below = costCents !== null && newAmountCents < costCents
  return <span className={below ? styles.loss : undefined}>{showMargin(newAmountCents, costCents)}</span>
}

/** @param ended whether the edit goes on: what it left is not to be changed any more */
function said(row: PreviewRow, ended: boolean): string {
  const words = ended && row.state === 'pending' ? LEFT : ROW_STATE_WORDS[row.state]
  // A message says more than the words of its warning.
  const warnings = row.message === null ? row.warnings : row.warnings.filter(isDoubt)
  const head = row.message === null ? words : `${words}: ${row.message}`
  return [head, ...warnings.map((warning) => WARNING_WORDS[warning])].join(' · ')
}

const columnsOf = (ended: boolean): GridColumn<PreviewRow>[] => [
  {
    id: 'product',
    header: 'Product',
    size: 220,
    cell: ({
      row: {
        original: { row },
      },
    }) =>
      row && (
        <span className={styles.product} title={row.name}>
          <Link href={`/admin/products/${row.productId}`} prefetch={false} tabIndex={-1}>
            {row.name}
          </Link>{' '}
          <span className={styles.sku}>{row.sku}</span>
        </span>
      ),
  },
  {
    id: 'old',
    header: 'Old price',
    size: 94,
    meta: { numeric: true },
    cell: ({
      row: {
        original: { row },
      },
    }) => row && showAmount(row.oldAmountCents, row),
  },
  {
    id: 'new',
    header: 'New price',
    size: 94,
    meta: { numeric: true },
    cell: ({
      row: {
        original: { row },
      },
    }) =>
      row && (
        <strong>
          {row.state === 'refused' || row.state === 'skipped' ? '–' : showAmount(row.newAmountCents, row)}
        </strong>
      ),
  },
  {
    id: 'difference',
    header: 'Difference',
    size: 100,
    meta: { numeric: true },
    cell: ({
      row: {
        original: { row },
      },
    }) => row && <span className={tone(row)}>{changeOf(row)}</span>,
  },
  {
    id: 'percent',
    header: '%',
    size: 76,
    meta: { numeric: true, label: 'Percent', sortable: true },
    cell: ({
      row: {
        original: { row },
      },
    }) => row && <span className={tone(row)}>{showPercent(row.newAmountCents, row.oldAmountCents)}</span>,
  },
  {
    id: 'compareAt',
    header: 'Compare-at',
    size: 112,
    meta: { numeric: true },
    cell: ({
      row: {
        original: { row },
      },
    }) => row && <CompareAt row={row} />,
  },
  {
    id: 'cost',
    header: 'Cost',
    size: 80,
    meta: { numeric: true },
    cell: ({
      row: {
        original: { row },
      },
    }) => row && (row.costCents === null ? '–' : showAmount(row.costCents, row)),
  },
  {
    id: 'margin',
    header: 'Margin',
    size: 76,
    meta: { numeric: true, sortable: true },
    cell: ({
      row: {
        original: { row },
      },
    }) => row && <Margin row={row} />,
  },
  {
    id: 'state',
    header: 'What happens',
    size: 248,
    cell: ({
      row: {
        original: { row },
      },
    }) =>
      row && (
        <span className={styles.clamped} title={said(row, ended)}>
          {said(row, ended)}
        </span>
      ),
  },
]

/** A phone shows the first three side by side. */
const NARROW = { product: 136, new: 106, percent: 72, old: 106, state: 220 }

const chooser = (state: BulkEditView['state']): GridColumn<PreviewRow> => ({
  id: 'retry',
  header: '↻',
  size: 40,
  meta: { label: 'Retry' },
  cell: ({
    row: {
      original: { row },
    },
  }) => row && canRetry(row, { state }) && <ChooseRow row={row} />,
})

/** The box takes its width from the name: no column is pushed out of the grid. */
function besideChooser(column: GridColumn<PreviewRow>): GridColumn<PreviewRow> {
  return column.id === 'product' ? { ...column, size: (column.size ?? 220) - 40 } : column
}

interface Shown {
  readonly narrow: boolean
  readonly ended: boolean
  /** The state of an edit whose rows can be tried again. */
  readonly retries: BulkEditView['state'] | undefined
}

const made = new Map<string, GridColumn<PreviewRow>[]>()

/** The same columns for the same answer, each time. */
export function previewColumns(on: Shown): GridColumn<PreviewRow>[] {
  const key = JSON.stringify(on)
  const known = made.get(key)
  if (known) return known
  const all = columnsOf(on.ended)
  const fitting = on.narrow ? narrowed(all, NARROW) : all
  const columns = on.retries ? [chooser(on.retries), ...fitting.map(besideChooser)] : fitting
  made.set(key, columns)
  return columns
}
