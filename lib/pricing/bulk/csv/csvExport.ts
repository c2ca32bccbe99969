/** Prices, and the rows of an edit, as files that an import reads back. */
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { db } from '#lib/platform/db.ts'
import { writeCsvAmount } from './amounts.ts'
import { guardText } from './formulaGuard.ts'
import { writeCsv } from './writeCsv.ts'
import { type PriceLine, writePrices } from './writePrices.ts'
import { bulkEdit, editRowsAfter } from '../bulkEdits.ts'
import { refuseForgotten } from '../errors.ts'
import type { PreviewRow, Selection } from '../contract.ts'
import { GRID_COLUMNS, type StoredGridRow } from '../selection/selection.ts'
import { SELECTED_FROM, selectedIds } from '../selection/selectionSql.ts'

const CHUNK = 1_000

/**
 * The selection is fixed when the file begins; each row is as it is when its turn comes. No transaction stays open for
 * a reader who is slow.
 */
async function* priceLines(selection: Selection): AsyncGenerator<PriceLine> {
  const ids = await selectedIds(db(), selection)
  for (let at = 0; at < ids.length; at += CHUNK) {
    const rows = await db().$queryRaw<(StoredGridRow & Pick<PriceLine, 'stock' | 'stockVersion' | 'costVersion'>)[]>`
      SELECT ${GRID_COLUMNS}, s.quantity AS stock, s.version AS "stockVersion", pr.cost_version AS "costVersion"
      ${SELECTED_FROM} JOIN stock s ON s.product_id = p.id WHERE p.id = ANY(${ids.slice(at, at + CHUNK)}::int[]) ORDER BY p.id`
    for (const row of rows) yield { ...row, version: Number(row.version), changedAt: row.versionUpdatedAt }
  }
}

/**
 * The base prices of a selection: imported unchanged, the file changes nothing. A column says what a sale asks in their place.
 * @param options `bom` for spreadsheets that take a file without it for another encoding
 * @throws {MissingPermissionError} at once, not while the file is read
 */
export function exportPrices(
  principal: Principal,
  selection: Selection,
  options: { bom?: boolean } = {},
): AsyncGenerator<Uint8Array> {
  assertMay(principal, 'bulk:read')
  return writePrices(priceLines(selection), options)
}

const HEADER = [
  'sku',
  'name',
  'price',
  'compare_at',
  'currency',
  'old_price',
  'old_compare_at',
  'state',
  'version',
  'warnings',
  'message',
]

/** `none`, not an empty cell, where there is no compare-at price afterwards: to an import, empty means as it is. */
function cellsOf(row: PreviewRow): string[] {
  const amount = (cents: number | null) => writeCsvAmount(cents, row.currency)
  return [
    guardText(row.sku),
    guardText(row.name),
    amount(row.newAmountCents),
    row.newCompareAtCents === null ? 'none' : amount(row.newCompareAtCents),
    row.currency,
    amount(row.oldAmountCents),
    amount(row.oldCompareAtCents),
    row.state,
    String(row.version),
    row.warnings.join(' '),
    guardText(row.message ?? ''),
  ]
}

async function* rowCells(id: string): AsyncGenerator<string[]> {
  let last: PreviewRow | undefined
  do {
    const rows = await editRowsAfter(id, last?.productId ?? 0, CHUNK)
    yield* rows.map(cellsOf)
    last = rows.at(-1)
  } while (last !== undefined)
}

/**
 * The rows of an edit, with the old and the new price of each. Imported, it says what the edit said.
 * @throws {BulkEditNotFoundError} before the file begins
 * @throws {BulkEditStateError} likewise, when they are no longer kept
 */
export async function exportEditRows(
  principal: Principal,
  id: string,
  options: { bom?: boolean } = {},
): Promise<AsyncGenerator<Uint8Array>> {
  const edit = await bulkEdit(principal, id)
  refuseForgotten(edit.state, edit.rowsForgotten)
  return writeCsv(HEADER, rowCells(edit.id), options)
}
