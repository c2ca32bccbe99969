/**
 * The contract of bulk edits: what the editor, the API, the CSV import, the schedules and the shell all speak. It
 * imports nothing that a browser lacks.
 *
 * Life of an edit: previewed (rows frozen) -> approved -> applying -> applied | cancelled | failed. A draft is
 * selection + rules + hand-made cells; it is stored by its preview, which freezes it to rows with the versions seen.
 */
import { z } from 'zod'
import { MAX_AMOUNT } from '#lib/money/currencies.ts'
import { amount as cents, saleStatus, type VersionedPrice } from '#lib/money/price.ts'
import type { Wire } from '#lib/money/wire.ts'

const productIds = z.array(z.number().int().positive()).max(100_000)
/** Postgres stores no NUL in a text. */
const storable = (text: string) => !text.includes('\0')
const word = z.string().max(200).refine(storable, 'A text without NUL.')

/** The products: all filters together, then single products added, then single products taken away. */
export const selection = z.strictObject({
  text: word.optional(),
  /** Slugs; a parent category includes its children. */
  categories: z.array(word).max(100).optional(),
  brands: z.array(word).max(100).optional(),
  minCents: cents.optional(),
  maxCents: cents.optional(),
  /** The amount to start from: the base price, which edits change, unless it is what the shop shows while a sale runs. */
  amountOf: z.enum(['base', 'shown']).optional(),
  status: saleStatus.optional(),
  onSale: z.boolean().optional(),
  /** ISO 8601: the base price changed after, before. A sale that starts or ends is no change of it. */
  changedAfter: z.iso.datetime({ offset: true }).optional(),
  changedBefore: z.iso.datetime({ offset: true }).optional(),
  /** A bulk edit left the product so, and no later one has changed its base price. */
  left: z.enum(['conflict', 'refused']).optional(),
  /** An empty list finds nothing: a paste without a SKU does not mean all. */
  skus: z.array(z.string().min(1).max(100).refine(storable, 'A text without NUL.')).max(100_000).optional(),
  /** True: the filters above select; false: only `added` does. */
  matching: z.boolean().default(true),
  added: productIds.default([]),
  removed: productIds.default([]),
})
export type Selection = z.infer<typeof selection>

/** A percentage as a decimal text, such as "-15" or "12.5": never a binary fraction. At most four decimals. */
const percent = z.string().regex(/^-?\d{1,6}(\.\d{1,4})?$/, 'a percentage such as -15 or 12.5')

const positivePercent = percent.refine((text) => Number(text) >= 0, 'a percentage that is not below zero')

const rounding = z.strictObject({
  /**
   * `.99`, `.95`, `.00`: the amount ends so; `0.05`, `0.01`: a multiple. As parts of a unit: a currency that has no such
   * part, such as the yen, takes its nearest.
   */
  to: z.enum(['.99', '.95', '.00', '0.05', '0.01']),
  mode: z.enum(['up', 'down', 'half-even']),
})

/** Applied in this order: compare-at as the base is read first, then amount, rounding, floor, margin and ceiling, compare-at. */
export const rules = z.strictObject({
  amount: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('keep') }),
      z.strictObject({ kind: z.literal('set'), cents }),
      z.strictObject({ kind: z.literal('add'), cents: z.number().int().min(-MAX_AMOUNT).max(MAX_AMOUNT) }),
      z.strictObject({ kind: z.literal('percent'), percent, of: z.enum(['price', 'compare-at']) }),
      /** The cost and so many percent of it. A product without a known cost stays as it is. */
      z.strictObject({ kind: z.literal('cost-plus'), percent: positivePercent }),
      /** Ends a sale: the price becomes what compare-at says. */
      z.strictObject({ kind: z.literal('restore') }),
    ])
    .default({ kind: 'keep' }),
  rounding: rounding.optional(),
  floorCents: cents.optional(),
  ceilingCents: cents.optional(),
  /** Not below the price of which so many percent are left after the cost. A product without a known cost stays as it is. */
  minMarginPercent: positivePercent.refine((text) => Number(text) < 100, 'a margin is below 100 percent').optional(),
  compareAt: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('keep') }),
      z.strictObject({ kind: z.literal('set'), cents }),
      /** Starts a sale: compare-at becomes the price as it was, unless it already has one. */
      z.strictObject({ kind: z.literal('old-price') }),
      z.strictObject({ kind: z.literal('clear') }),
    ])
    .default({ kind: 'keep' }),
})
export type Rules = z.infer<typeof rules>

/**
 * Cells edited by hand or imported from CSV. The values of a cell win over the rules; the rules fill the rest. A
 * cell also selects its product, unless the product is `removed`.
 */
export const cell = z.strictObject({
  productId: z.number().int().positive(),
  amountCents: cents.optional(),
  compareAtCents: cents.nullable().optional(),
  /** The currency of the amounts; that of the shop when absent. A price in another one is refused: nothing is converted. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  /** The version of the price that the cell is about: one that has moved on is refused. */
  expectedVersion: z.number().int().positive().optional(),
})
export type Cell = z.infer<typeof cell>

const meant = {
  rules: rules.default({ amount: { kind: 'keep' }, compareAt: { kind: 'keep' } }),
  cells: z.array(cell).max(100_000).default([]),
}

/** The change of the prices. */
export const meaning = z.strictObject(meant)
export type Meaning = z.infer<typeof meaning>

export const draft = z.strictObject({
  selection,
  ...meant,
  reason: z.string().trim().min(1).max(500).refine(storable, 'A text without NUL.'),
})
export type Draft = z.infer<typeof draft>

export const BULK_EDIT_STATES = ['previewed', 'approved', 'applying', 'applied', 'cancelled', 'failed'] as const
export type BulkEditState = (typeof BULK_EDIT_STATES)[number]

export const ROW_STATES = ['pending', 'applied', 'conflict', 'skipped', 'refused'] as const
export type RowState = (typeof ROW_STATES)[number]
/** Rows of an edit that has ended which can be tried again; pending ones where it was stopped. */
export const LEFT_STATES = ['conflict', 'refused', 'pending'] as const
export type LeftState = (typeof LEFT_STATES)[number]

/**
 * Faults that the rows of a preview may have without going beyond a limit. `rise`: the rule lowers, and rounding or a
 * floor makes the price higher. `on-sale`: a sale shows another price, or it has a compare-at price and keeps one. `below-sale`: a sale that
 * runs or is planned asks more than the base price would be. `below-lowest`: it is lowered
 * below the lowest price of the last 30 days. `below-cost`: below what it costs the shop.
 */
export const DOUBTS = ['rise', 'on-sale', 'below-sale', 'below-lowest', 'below-cost'] as const
export type Doubt = (typeof DOUBTS)[number]
/** The limits of a role, as one row crosses them. */
export const LIMIT_GUARDS = ['large-change', 'below-floor'] as const
/** The warning or refusal of a row of the preview. */
export const ROW_WARNINGS = [
  ...LIMIT_GUARDS,
  ...DOUBTS,
  'refused-not-positive',
  'refused-compare-at',
  'refused-too-large',
  'refused-currency',
  'refused-changed',
] as const
export type RowWarning = (typeof ROW_WARNINGS)[number]

export interface PreviewRow {
  readonly productId: number
  readonly sku: string
  readonly name: string
  readonly slug: string
  readonly version: number
  readonly currency: string
  readonly oldAmountCents: number
  readonly newAmountCents: number
  readonly oldCompareAtCents: number | null
  readonly newCompareAtCents: number | null
  /** The present cost for the shop; null where that is not known. */
  readonly costCents: number | null
  readonly state: RowState
  readonly warnings: readonly RowWarning[]
  readonly message: string | null
}

/** A product in the grid of the editor, with its base price. */
export interface GridRow extends Omit<Wire<VersionedPrice>, 'lowestCents'> {
  /** The price of the running sale; null: the base price. */
  readonly saleCents?: number | null
  readonly sku: string
  readonly slug: string
  readonly name: string
  readonly brand: string
  readonly status: z.infer<typeof saleStatus>
  /** The cost for the shop; null where that is not known. */
  readonly costCents: number | null
}

/**
 * `listed`: in the order of the selection's SKUs; what it has besides comes last. `changed`: when it last was. `change`: by what the
 * rules and cells that are sent along would change of it, in percent; what stays as it is comes last.
 */
export const GRID_SORTS = [
  'id',
  'listed',
  'name',
  'sku',
  'brand',
  'amount',
  'compareAt',
  'margin',
  'changed',
  'change',
] as const
/** Products that `change` sorts: each page of them reckons them all. */
export const MAX_BY_CHANGE = 100_000
/** The orders of the rows of an edit: by the change in percent, or by the margin of the new price. */
export const ROW_SORTS = ['product', 'change', 'margin'] as const
export type RowSort = (typeof ROW_SORTS)[number]
export type GridSort = (typeof GRID_SORTS)[number]
/** Rows that one page of a grid or of a preview has at most. */
export const MAX_PAGE_ROWS = 500

/** The values of the filters. */
export interface SelectionFacets {
  readonly categories: readonly {
    readonly slug: string
    readonly name: string
    readonly kind: 'category' | 'collection'
    /** Slug of the category that it is under. */
    readonly parent: string | null
    readonly products: number
  }[]
  readonly brands: readonly { readonly brand: string; readonly products: number }[]
}

export const CONFIRMATION_KINDS = ['many-rows', ...LIMIT_GUARDS, ...DOUBTS] as const
/** A phrase to type before an edit is approved. */
export interface Confirmation {
  readonly kind: (typeof CONFIRMATION_KINDS)[number]
  readonly rows: number
  /** The exact text to type. */
  readonly phrase: string
}

export function isDoubt(warning: RowWarning | Confirmation['kind']): warning is Doubt {
  return DOUBTS.some((doubt) => doubt === warning)
}

/** Whether the role must allow it. A doubt is confirmed by everyone who may approve. */
export function isLimit({ kind }: Confirmation): boolean {
  return !isDoubt(kind)
}

export interface PreviewSummary {
  readonly rows: number
  readonly changed: number
  readonly unchanged: number
  readonly refused: number
  /** The totals of the rows that change, before and after, in each currency that they have. */
  readonly totals: readonly { readonly currency: string; readonly oldCents: number; readonly newCents: number }[]
  /** For each limit that a role has: rows that change by more, up or down. */
  readonly beyond: readonly { readonly percent: number; readonly rows: number }[]
  /** Rows whose new price is below a floor. */
  readonly belowFloor: number
  /** Rows that change and warn of this. */
  readonly doubts: readonly { readonly doubt: Doubt; readonly rows: number }[]
  /** Changes by size, for the chart: `fromPercent` <= change < `toPercent`. The last one is open: to OPEN_PERCENT. */
  readonly distribution: readonly { readonly fromPercent: number; readonly toPercent: number; readonly rows: number }[]
  /** As the user of this role must type them: they follow from the limits of the role. */
  readonly confirmations: readonly Confirmation[]
}

/** The end of the last bar of the distribution: no change is that large. */
export const OPEN_PERCENT = 10_000_000_000

export interface Progress {
  readonly total: number
  readonly applied: number
  readonly conflicts: number
  readonly skipped: number
  readonly refused: number
  readonly rowsPerSecond: number
  /** Seconds; null until it is known. */
  readonly secondsLeft: number | null
}

export interface BulkEditView {
  readonly id: string
  readonly state: BulkEditState
  readonly kind: 'edit' | 'undo' | 'retry' | 'schedule-end'
  readonly source: 'editor' | 'api' | 'csv' | 'schedule'
  readonly reason: string
  readonly createdBy: string
  readonly approvedBy: string | null
  readonly createdAt: string
  readonly previewedAt: string
  readonly appliedAt: string | null
  readonly summary: PreviewSummary | null
  readonly progress: Progress
  /** The edit that this one undoes, retries or ends. */
  readonly of: string | null
  readonly undoneBy: string | null
  readonly error: string | null
  /** It ended so long ago that its rows are no longer kept. */
  readonly rowsForgotten: boolean
}
