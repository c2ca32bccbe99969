/** TanStack Table for the grids: columns with sizes. Rows come by themselves. */
import { type ColumnDef, columnSizingFeature, tableFeatures } from '@tanstack/react-table'

interface GridColumnMeta {
  /** In words, where the header is a sign. */
  readonly label?: string
  readonly numeric?: boolean
  readonly editable?: boolean
  /** The server can sort by it. */
  readonly sortable?: boolean
}

const columnMeta: GridColumnMeta = {}

export const gridFeatures = tableFeatures({ columnSizingFeature, columnMeta })

/** A place in the list, and the row in it once it has come. */
export interface Slot<Row> {
  readonly index: number
  readonly row: Row | undefined
}

export type GridColumn<Row> = ColumnDef<typeof gridFeatures, Slot<Row>> & { readonly id: string }

/** The columns of a narrow screen: those that `sizes` names, in that order, as wide as it says. */
export function narrowed<Row>(
  columns: readonly GridColumn<Row>[],
  sizes: Readonly<Record<string, number>>,
): GridColumn<Row>[] {
  return Object.entries(sizes).flatMap(([id, size]) =>
    columns.filter((column) => column.id === id).map((column) => ({ ...column, size })),
  )
}
