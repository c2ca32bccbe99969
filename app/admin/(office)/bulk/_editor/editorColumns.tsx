import type { ReactNode } from 'react'
import type { GridRow } from '#lib/pricing/bulk/contract.ts'
import { classNames } from '../../../../_ui/classNames.ts'
import type { Field } from '../_grid/cellEdits.ts'
import { type GridColumn, narrowed } from '../_grid/gridTable.ts'
import { showAmount } from '../_lib/showAmount.ts'
import { showMargin, showPercent } from '../_lib/showPercent.ts'
import { previewPrice } from './previewPrice.ts'
import { NEW_COMPARE_AT, NEW_PRICE } from './columnIds.ts'
import { useEditorValues } from './EditorContext.ts'
import { markKey } from './gridEdits.ts'
import styles from '../_grid/cells.module.css'

function moved(up: boolean, byHand = false): string {
  return classNames(up ? styles.up : styles.down, byHand && styles.byHand)
}

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

/** A pasted text that could not be read. It stands beside the value of the cell. */
function Unread({ row, field }: { row: GridRow; field: Field }) {
  const mark = useEditorValues().marks.get(markKey(row.productId, field))
  return mark ? (
    <span className={styles.unread} title={mark.message}>
      “{mark.text}”?
    </span>
  ) : null
}

function NewAmount({ row }: { row: GridRow }) {
  const values = useEditorValues()
  const price = previewPrice(row, values)
  const byHand = values.edits.get(row.productId)?.amountCents !== undefined
  if (!price || values.removed.has(row.productId)) return <span className={styles.same}>–</span>
  if (price.outcome === 'refuse') {
    return (
      <span className={styles.loss} title={price.message}>
        refused
      </span>
    )
  }
  if (price.outcome === 'skip' || price.amountCents === row.amountCents)
    return <span className={styles.same}>{showAmount(row.amountCents, row)}</span>
  return (
    <strong className={moved(price.amountCents > row.amountCents, byHand)}>{showAmount(price.amountCents, row)}</strong>
  )
}

/** The change against the price as it is now. */
function Change({ row }: { row: GridRow }) {
  const values = useEditorValues()
  const price = previewPrice(row, values)
  if (price?.outcome !== 'price' || price.amountCents === row.amountCents || values.removed.has(row.productId))
    return <span className={styles.same}>–</span>
  return (
    <span className={moved(price.amountCents > row.amountCents)}>
      {showPercent(price.amountCents, row.amountCents)}
    </span>
  )
}

function NewCompareAt({ row }: { row: GridRow }) {
  const values = useEditorValues()
  const price = previewPrice(row, values)
  const byHand = values.edits.get(row.productId)?.compareAtCents !== undefined
  if (price?.outcome !== 'price' || values.removed.has(row.productId)) return <span className={styles.same}>–</span>
  const text = price.compareAtCents === null ? 'none' : showAmount(price.compareAtCents, row)
  if (price.compareAtCents === row.compareAtCents) return <span className={styles.same}>{text}</span>
  return <strong className={moved(false, byHand)}>{text}</strong>
}

/** The margin of the new price over the cost. */
function Margin({ row }: { row: GridRow }) {
  const price = previewPrice(row, useEditorValues())
  const amount = price?.outcome === 'price' ? price.amountCents : row.amountCents
  const below = row.costCents !== null && amount < row.costCents
  return <span className={below ? styles.loss : undefined}>{showMargin(amount, row.costCents)}</span>
}

type Cell = NonNullable<GridColumn<GridRow>['cell']>

/** A cell of a row that has come. */
function ofRow(show: (row: GridRow) => ReactNode): Cell {
  return ({
    row: {
      original: { row },
    },
  }) => row && show(row)
}

/** Side by side at 1280 px: the page has 1120 px for them, less a scroll bar. Long names take two lines. */
export const EDITOR_COLUMNS: GridColumn<GridRow>[] = [
  {
    id: 'included',
    header: '✓',
    size: 44,
    meta: { label: 'Included' },
    cell: ofRow((row) => <Included row={row} />),
  },
  {
    id: 'sku',
    header: 'SKU',
    size: 112,
    meta: { sortable: true },
    cell: ofRow(({ sku }) => (
      <span className={styles.code} title={sku}>
        {sku}
      </span>
    )),
  },
  {
    id: 'product',
    header: 'Product',
    size: 170,
    meta: { sortable: true },
    cell: ofRow(({ name }) => (
      <span className={styles.product} title={name}>
        {name}
      </span>
    )),
  },
  {
    id: 'price',
    header: 'Price',
    size: 94,
    meta: { numeric: true, sortable: true },
    cell: ({
      row: {
        original: { row },
      },
    }) =>
      row && (
        <span
          title={
            typeof row.saleCents === 'number'
              ? `Base price. In a sale now, at ${showAmount(row.saleCents, row)}.`
              : undefined
          }
        >
          {showAmount(row.amountCents, row)}
          {typeof row.saleCents === 'number' ? <span className={styles.sku}> sale</span> : null}
        </span>
      ),
  },
  {
    id: 'compareAt',
    header: 'Compare-at',
    size: 104,
    meta: { numeric: true, sortable: true },
    cell: ofRow((row) => (row.compareAtCents === null ? '–' : showAmount(row.compareAtCents, row))),
  },
  {
    id: NEW_PRICE,
    header: 'New price',
    size: 110,
    meta: { numeric: true, editable: true, label: 'New price' },
    cell: ofRow((row) => (
      <>
        <Unread row={row} field="amountCents" />
        <NewAmount row={row} />
      </>
    )),
  },
  {
    id: NEW_COMPARE_AT,
    header: 'New compare-at',
    size: 126,
    meta: { numeric: true, editable: true, label: 'New compare-at price' },
    cell: ofRow((row) => (
      <>
        <Unread row={row} field="compareAtCents" />
        <NewCompareAt row={row} />
      </>
    )),
  },
  {
    id: 'change',
    header: 'Change',
    size: 80,
    meta: { numeric: true, sortable: true },
    cell: ofRow((row) => <Change row={row} />),
  },
  {
    id: 'cost',
    header: 'Cost',
    size: 80,
    meta: { numeric: true },
    cell: ofRow((row) => (row.costCents === null ? '–' : showAmount(row.costCents, row))),
  },
  {
    id: 'margin',
    header: 'Margin',
    size: 84,
    meta: { numeric: true, sortable: true },
    cell: ofRow((row) => <Margin row={row} />),
  },
  {
    id: 'brand',
    header: 'Brand',
    size: 92,
    meta: { sortable: true },
    cell: ofRow(({ brand }) => (
      <span className={styles.product} title={brand}>
        {brand}
      </span>
    )),
  },
]

/** On a phone the SKU stands under the name. */
const PRODUCT_WITH_SKU: GridColumn<GridRow> = {
  id: 'product',
  header: 'Product',
  cell: ofRow(({ name, sku }) => (
    <span className={styles.product} title={name}>
      {name} <span className={styles.sku}>{sku}</span>
    </span>
  )),
}

/** On a phone the price of now stands under the new one, where that is another. */
function PriceOfNow({ row }: { row: GridRow }) {
  const values = useEditorValues()
  const price = previewPrice(row, values)
  const isRemoved = values.removed.has(row.productId)
  const isSame = price?.outcome === 'skip' || (price?.outcome === 'price' && price.amountCents === row.amountCents)
  if (isSame && !isRemoved) return null
  const Amount = price?.outcome === 'price' && !isRemoved ? 's' : 'span'
  return (
    <Amount className={styles.sku}>
      <span className="visually-hidden">now </span>
      {showAmount(row.amountCents, row)}
    </Amount>
  )
}

const NEW_PRICE_OVER_NOW: GridColumn<GridRow> = {
  id: NEW_PRICE,
  header: 'New price',
  meta: { numeric: true, editable: true, label: 'New price' },
  cell: ofRow((row) => (
    <span className={styles.stacked}>
      <Unread row={row} field="amountCents" />
      <NewAmount row={row} />
      <PriceOfNow row={row} />
    </span>
  )),
}

const NARROW = new Map([PRODUCT_WITH_SKU, NEW_PRICE_OVER_NOW].map((column) => [column.id, column]))

/** A phone of 360 px has 326 px for the name and the prices; the rest is scrolled to. */
export const NARROW_EDITOR_COLUMNS = narrowed(
  EDITOR_COLUMNS.map((column) => NARROW.get(column.id) ?? column),
  { included: 32, product: 180, [NEW_PRICE]: 114, change: 76, [NEW_COMPARE_AT]: 126 },
)
