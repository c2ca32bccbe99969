/** Prices from a file, as an edit that waits to be approved. */
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { reasonSchema } from '../../changeRequest.ts'
import { setCosts } from '../../costs.ts'
import type { FileSale } from './fileSales.ts'
import { type CsvPrices, type CsvQuestions, type ReadOptions, readPrices } from './readPrices.ts'
import type { BulkEditView } from '../contract.ts'
import { BulkEditRefusedError } from '../errors.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'

/** A sale of the file, previewed. It is planned by its approval for a time. */
interface ImportedSale extends Pick<FileSale, 'startsAt' | 'endsAt'> {
  readonly edit: BulkEditView
  /** Of its times. */
  readonly timeZone: string
}

export interface CsvImport extends Omit<CsvPrices, 'cells' | 'sales' | 'costs'> {
  readonly sales: readonly ImportedSale[]
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
  const { cells, sales: named, costs, ...read } = found
  const { conflicts } = costs.length > 0 ? await setCosts(principal, costs) : { conflicts: [] }
  const edit =
    cells.length === 0
      ? null
      : await createBulkEdit(principal, { selection: { matching: false }, cells: [...cells], reason: why.data }, 'csv')
  const timeZone = options.answers?.saleZone ?? 'UTC'
  const sales: ImportedSale[] = []
  for (const { startsAt, endsAt, cells: prices } of named) {
    const when = `${startsAt === null ? '' : ` from ${startsAt.slice(0, 16)}`}${endsAt === null ? '' : ` until ${endsAt.slice(0, 16)}`}`
    const reason = `${why.data.slice(0, 440)}: sale${when.replaceAll('T', ' ')}`
    const draft = { selection: { matching: false }, cells: [...prices], reason }
    sales.push({ startsAt, endsAt, timeZone, edit: await createBulkEdit(principal, draft, 'csv') })
  }
  const notes = [
    ...read.notes,
    ...(conflicts.length > 0
      ? [`${conflicts.length} costs were changed while the file was read: they stay as they are.`]
      : []),
  ]
  return { ...read, notes, costs: costs.length - conflicts.length, edit, sales }
}
