/** How the grids use TanStack Table: columns with sizes, some of them hidden on a narrow screen. Rows come by themselves. */
import { type ColumnDef, columnSizingFeature, columnVisibilityFeature, tableFeatures } from '@tanstack/react-table'

interface GridColumnMeta {
  /** In words, where the header is a sign. */
  readonly label?: string
  readonly numeric?: boolean
  readonly editable?: boolean
}

const columnMeta: GridColumnMeta = {}

export const gridFeatures = tableFeatures({ columnSizingFeature, columnVisibilityFeature, columnMeta })

/** A place in the list, and the row in it once it has come. */
export interface Slot<Row> {
  readonly index: number
  readonly row: Row | undefined
}

export type GridColumn<Row> = ColumnDef<typeof gridFeatures, Slot<Row>> & { readonly id: string }

export type Visibility = Readonly<Record<string, boolean>>
