/** The sales that a file names, one for each pair of dates. */
import type { Cell } from '../contract.ts'
import { inZone } from '../schedule/wallTime.ts'
import { CsvRefusedError } from './errors.ts'
import type { SaleDates } from './saleDates.ts'

/** Each is an edit of its own, which a person looks at. */
const MAX_SALES = 20

/** The words of a row about a sale. */
export interface RowSale extends SaleDates {
  readonly amountMinor: number
}

export const sameSale = (a: RowSale | undefined, b: RowSale | undefined) =>
  a?.amountMinor === b?.amountMinor &&
  a?.start?.getTime() === b?.start?.getTime() &&
  a?.end?.getTime() === b?.end?.getTime()

export interface FileSale {
  /** ISO 8601 with the offset of the zone; null: the file names none, or it has begun. */
  readonly startsAt: string | null
  readonly endsAt: string | null
  readonly cells: readonly Cell[]
}

/** @throws {CsvRefusedError} when there are more pairs of dates than a person plans */
export function groupSales(
  sales: Iterable<{ readonly cell: Cell; readonly sale: RowSale }>,
  timeZone: string,
  now: Date,
): { readonly sales: FileSale[]; /** Rows whose sale has ended. */ readonly over: number } {
  const groups = new Map<string, FileSale & { readonly cells: Cell[] }>()
  let over = 0
  for (const { cell, sale } of sales) {
    if (sale.end !== null && sale.end <= now) {
      over += 1
      continue
    }
    const startsAt = sale.start === null || sale.start <= now ? null : inZone(sale.start, timeZone)
    const endsAt = sale.end === null ? null : inZone(sale.end, timeZone)
    const key = `${startsAt} ${endsAt}`
    const group = groups.get(key) ?? { startsAt, endsAt, cells: [] }
    group.cells.push(cell)
    groups.set(key, group)
  }
  if (groups.size > MAX_SALES)
    throw new CsvRefusedError(
      'invalid_csv',
      `The file names ${groups.size} pairs of dates for its sales, and at most ${MAX_SALES} can be planned from one file. Send it in parts.`,
    )
  const order = ({ startsAt }: FileSale) => (startsAt === null ? 0 : Date.parse(startsAt))
  return { sales: [...groups.values()].toSorted((a, b) => order(a) - order(b)), over }
}
