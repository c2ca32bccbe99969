/** Why no product is found under a SKU of a file, and what to do. */
import { readSku } from './sku.ts'

/** What a spreadsheet makes of codes such as 1E5, MAR5 and 03-05-26. */
const CHANGED_BY_SPREADSHEET =
  /^\d+(?:[.,]\d+)?E[+-]?\d+$|^(?:\d{1,2}[-. ]+)?\p{L}{3,4}\.?[- ]\d{2,4}$|^\d{1,2}[-. ]+\p{L}{3}\.?$|^\d{1,4}([./-])\d{1,2}\1\d{1,4}$/iu

/** @param near the SKU that was most likely meant: it may be another product, and is never taken in silence */
export function unknownSku(sku: string, near: string | undefined): string {
  const read = readSku(sku)
  if (!read.ok) return read.message
  if (near !== undefined) return `There is no product with this SKU. Write ${near} if that is meant.`
  return CHANGED_BY_SPREADSHEET.test(sku)
    ? 'There is no product with this SKU. A spreadsheet may have made a number or a date of it: format its column as text, and write it again.'
    : 'There is no product with this SKU. Write it as the catalog has it, or leave the row out.'
}
