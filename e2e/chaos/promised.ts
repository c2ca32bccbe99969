/** Whether Postgres has all that was promised when all is over: orders, price lists, sales. */
import type { Acknowledged } from '../coherence/buying.ts'
import { query } from '../lease/servers/postgresPair.ts'

/** A file that was approved. */
interface PriceList {
  readonly editId: string
  /** Its cents by product. */
  readonly amounts: ReadonlyMap<number, number>
}

/** A sale that was planned. */
interface PlannedSale {
  readonly editId: string
  /** The cents by product that are back when it has ended. */
  readonly bases: ReadonlyMap<number, number>
  /** Whether a fault lasted for so much of its time that it need not have begun. */
  readonly mayBeMissed: boolean
}

export interface Promised {
  readonly orders: readonly Acknowledged[]
  readonly files: readonly PriceList[]
  readonly sales: readonly PlannedSale[]
}

export const NOTHING_PROMISED: Promised = { orders: [], files: [], sales: [] }

/** A row of a price list. */
export interface FileRow {
  readonly editId: string
  readonly product: number
  readonly edit: string
  readonly row: string
  /** The cents of the version that it made, or of the price that it found to be the same. */
  readonly amount: number | null
  /** Whether another edit came between its preview and its end: it is a conflict then. */
  readonly met: boolean
}

const FILE_ROWS = `
  SELECT r.bulk_edit_id AS "editId", r.product_id AS product, e.state::text AS edit, r.state::text AS row,
    CASE WHEN r.state = 'skipped' THEN r.old_amount_cents ELSE c.new_amount_cents END AS amount,
    EXISTS (SELECT FROM price_changes o WHERE o.product_id = r.product_id AND o.version > r.previewed_version
      AND o.bulk_edit_id IS DISTINCT FROM e.id AND o.changed_at <= e.applied_at) AS met
  FROM bulk_edits e JOIN bulk_edit_rows r ON r.bulk_edit_id = e.id
  LEFT JOIN price_changes c ON c.bulk_edit_id = e.id AND c.product_id = r.product_id
  WHERE e.id = ANY($1::uuid[])`

/** @returns each product of a file that has not come to cost what the file says, in words */
export function lostFiles(files: readonly PriceList[], rows: readonly FileRow[]): string[] {
  const found = new Map(rows.map((row) => [`${row.editId} ${row.product}`, row]))
  return files.flatMap(({ editId, amounts }) =>
    [...amounts].flatMap(([product, amount]) => {
      const row = found.get(`${editId} ${product}`)
      if (row?.edit === 'applied' && (row.amount === amount || (row.row === 'conflict' && row.met))) return []
      const there = row ? `${row.row} (${row.edit}), ${row.amount ?? 'none'}` : 'nothing'
      return [`file ${editId} was approved with ${amount} cents for product ${product}; Postgres has ${there}`]
    }),
  )
}

/** A product of a sale. */
export interface SaleRow {
  readonly editId: string
  readonly product: number
  readonly state: string
  readonly planned: number
  /** The cents of the version that its start made. */
  readonly started: number | null
  /** The cents of the version that its end made, after that one. */
  readonly ended: number | null
  /** The base price as it is now. */
  readonly base: number
  /** Whether another sale of the product was there at the same time: which of them is shown is not judged. */
  readonly shared: boolean
}

const SALE_ROWS = `
  SELECT r.bulk_edit_id AS "editId", r.product_id AS product, s.state::text AS state, r.new_amount_cents AS planned,
    started.amount AS started, ended.amount AS ended, p.base_amount_cents AS base,
    EXISTS (SELECT FROM price_schedules o JOIN bulk_edit_rows b ON b.bulk_edit_id = o.bulk_edit_id AND b.product_id = r.product_id
      WHERE o.id <> s.id AND o.started_at <= s.ended_at AND o.ended_at >= s.started_at) AS shared
  FROM price_schedules s JOIN bulk_edit_rows r ON r.bulk_edit_id = s.bulk_edit_id JOIN prices p ON p.product_id = r.product_id
  LEFT JOIN LATERAL (SELECT c.version, c.new_amount_cents AS amount FROM price_changes c
    WHERE c.product_id = r.product_id AND c.sale_id = s.id ORDER BY c.version LIMIT 1) started ON true
  LEFT JOIN LATERAL (SELECT c.new_amount_cents AS amount FROM price_changes c
    WHERE c.product_id = r.product_id AND c.bulk_edit_id = r.bulk_edit_id AND c.sale_id IS NULL AND c.version > started.version
    ORDER BY c.version LIMIT 1) ended ON true
  WHERE s.bulk_edit_id = ANY($1::uuid[])`

/**
 * A sale whose whole time passed while stores or workers were away is not begun, and changes nothing. Any other is begun.
 * @returns each product of a sale whose price did not change twice, and back, in words
 */
export function lostSales(sales: readonly PlannedSale[], rows: readonly SaleRow[]): string[] {
  const found = new Map(rows.map((row) => [`${row.editId} ${row.product}`, row]))
  return sales.flatMap(({ editId, bases, mayBeMissed }) =>
    [...bases].flatMap(([product, base]) => {
      const row = found.get(`${editId} ${product}`)
      const isMissed = mayBeMissed && row?.state === 'failed' && row.started === null
      const isWhole = row?.state === 'done' && (row.shared || (row.started === row.planned && row.ended === base))
      if (row && row.base === base && (isMissed || isWhole)) return []
      const there = row
        ? `${row.state}, started with ${row.started ?? 'none'} of ${row.planned}, ended with ${row.ended ?? 'none'}, base price ${row.base}`
        : 'nothing'
      return [`sale ${editId} of product ${product} over ${base} cents was planned; Postgres has ${there}`]
    }),
  )
}

/** @returns what is not as it was promised, in words, and the number of sales that were not begun */
export async function promisesBroken(
  databaseUrl: string,
  { files, sales }: Promised,
): Promise<{ differences: string[]; missedSales: number }> {
  const ids = (edits: readonly { readonly editId: string }[]) => [edits.map(({ editId }) => editId)]
  const saleRows = await query<SaleRow>(databaseUrl, SALE_ROWS, ids(sales))
  const fileRows = await query<FileRow>(databaseUrl, FILE_ROWS, ids(files))
  return {
    differences: [...lostFiles(files, fileRows), ...lostSales(sales, saleRows)],
    missedSales: new Set(saleRows.filter(({ state }) => state === 'failed').map(({ editId }) => editId)).size,
  }
}
