/** Prices from a file, as an edit that waits to be approved. */
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { reasonSchema } from '../../changeRequest.ts'
import { setCosts } from '../../costs.ts'
import { type CsvPrices, type CsvQuestions, type ReadOptions, readPrices } from './readPrices.ts'
import type { BulkEditView } from '../contract.ts'
import { BulkEditRefusedError } from '../errors.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'

export interface CsvImport extends Omit<CsvPrices, 'cells' | 'costs'> {
  /** Costs that the file has set, at once: no shopper sees them, so they need no approval. */
  readonly costs: number
  /** Null when no row of the file says anything that could be taken. */
  readonly edit: BulkEditView | null
}

/**
 * Reads the file as it arrives and previews what it says. A row that is wrong is reported with its line and left out; the
 * others are previewed. No price changes: the edit must be approved like any other.
 * @returns what was made of it, or the questions that must be answered before it is taken; then nothing was written
 * @throws {CsvRefusedError} when the file as a whole cannot be read; nothing was written
 * @throws {BulkEditRefusedError} when the reason is missing
 * @throws {MissingPermissionError} without `bulk:write`, before the file is read
 * @example const { edit, errors } = await previewCsv(principal, request.body, 'Price list of May')
 */
export async function previewCsv(
  principal: Principal,
  file: AsyncIterable<Uint8Array>,
  reason: string,
  options: ReadOptions = {},
): Promise<CsvImport | CsvQuestions> {
  assertMay(principal, 'bulk:write')
  const why = reasonSchema.safeParse(reason)
  if (!why.success)
    throw new BulkEditRefusedError(why.error.issues.map(({ message }) => ({ field: 'reason', message })))
  const found = await readPrices(file, options)
  if ('questions' in found) return found
  const { cells, costs, ...read } = found
  if (costs.length > 0) await setCosts(principal, costs)
  const edit =
    cells.length === 0
      ? null
      : await createBulkEdit(principal, { selection: { matching: false }, cells: [...cells], reason: why.data }, 'csv')
  return { ...read, costs: costs.length, edit }
}
