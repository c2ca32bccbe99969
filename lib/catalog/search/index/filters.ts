/** The filters of a list. Within a facet one of the values is enough; each facet has to be met. */
export interface Filters {
  /** The id of a category. */
  readonly category: number | undefined
  readonly brands: readonly string[]
  readonly colours: readonly string[]
  readonly minAmount: number | undefined
  readonly maxAmount: number | undefined
  readonly onSale: boolean
  readonly inStock: boolean
  readonly all?: boolean
}
