import type { GridRow } from '#lib/pricing/bulk/contract.ts'
import { showMoney } from '#lib/money/money.ts'
import { type GridColumn, narrowed } from '../_grid/gridTable.ts'
import { previewPrice } from './previewPrice.ts'
import { NEW_COMPARE_AT, NEW_PRICE } from './columnIds.ts'
import { useEditorValues } from './EditorContext.ts'
import styles from './Editor.module.css'

function Included({ row }: { row: GridRow }) {
  const { removed, toggle } = useEditorValues()
  return (
    <input
      type="checkbox"
      tabIndex={-1}
      checked={!removed.has(row.productId)}
      aria-label={`Include ${row.name}`}
      onChange={() => toggle(row.productId)}
    />
  )
}

function NewAmount({ row }: { row: GridRow }) {
  const values = useEditorValues()
  const price = previewPrice(row, values)
  const byHand = values.edits.get(row.productId)?.amountCents !== undefined
  if (!price || values.removed.has(row.productId)) return <span className={styles.same}>–</span>
  if (price.outcome === 'refuse') {
    return (
      <span className={styles.refused} title={price.message}>
        refused
      </span>
    )
  }
  if (price.outcome === 'skip' || price.amountCents === row.amountCents)
    return <span className={styles.same}>{showMoney(row.amountCents)}</span>
  return (
    <strong className={styles.changed} data-hand={byHand} data-up={price.amountCents > row.amountCents}>
      {showMoney(price.amountCents)}
    </strong>
  )
}

function NewCompareAt({ row }: { row: GridRow }) {
  const values = useEditorValues()
  const price = previewPrice(row, values)
  const byHand = values.edits.get(row.productId)?.compareAtCents !== undefined
  if (price?.outcome !== 'price' || values.removed.has(row.productId)) return <span className={styles.same}>–</span>
  const text = price.compareAtCents === null ? 'none' : showMoney(price.compareAtCents)
  if (price.compareAtCents === row.compareAtCents) return <span className={styles.same}>{text}</span>
  return (
    <strong className={styles.changed} data-hand={byHand}>
      {text}
    </strong>
  )
}

export const EDITOR_COLUMNS: GridColumn<GridRow>[] = [
  {
    id: 'included',
    header: '✓',
    size: 44,
    meta: { label: 'Included' },
    cell: ({
      row: {
        original: { row },
      },
    }) => row && <Included row={row} />,
  },
  {
    id: 'product',
    header: 'Product',
    size: 280,
    cell: ({
      row: {
        original: { row },
      },
    }) =>
      row && (
        <span className={styles.product} title={row.name}>
          {row.name} <span className={styles.sku}>{row.sku}</span>
        </span>
      ),
  },
  {
    id: 'brand',
    header: 'Brand',
    size: 120,
    cell: ({
      row: {
        original: { row },
      },
    }) => row?.brand,
  },
  {
    id: 'price',
    header: 'Price',
    size: 100,
    meta: { numeric: true },
    cell: ({
      row: {
        original: { row },
      },
    }) =>
      row && (
        <span
          title={
            typeof row.saleCents === 'number' ? `Base price. In a sale now, at ${showMoney(row.saleCents)}.` : undefined
          }
        >
          {showMoney(row.amountCents)}
          {typeof row.saleCents === 'number' ? <span className={styles.sku}> sale</span> : null}
        </span>
      ),
  },
  {
    id: 'compareAt',
    header: 'Compare-at',
    size: 104,
    meta: { numeric: true },
    cell: ({
      row: {
        original: { row },
      },
    }) => row && (row.compareAtCents === null ? '–' : showMoney(row.compareAtCents)),
  },
  {
    id: NEW_PRICE,
    header: 'New price',
    size: 120,
    meta: { numeric: true, editable: true, label: 'New price' },
    cell: ({
      row: {
        original: { row },
      },
    }) => row && <NewAmount row={row} />,
  },
  {
    id: NEW_COMPARE_AT,
    header: 'New compare-at',
    size: 136,
    meta: { numeric: true, editable: true, label: 'New compare-at price' },
    cell: ({
      row: {
        original: { row },
      },
    }) => row && <NewCompareAt row={row} />,
  },
]

/** What fits side by side on a phone. */
export const NARROW_EDITOR_COLUMNS = narrowed(EDITOR_COLUMNS, {
  included: 40,
  product: 132,
  price: 86,
  [NEW_PRICE]: 98,
})
