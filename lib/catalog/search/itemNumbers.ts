/** Products by the beginning of their item number (SKU): too many different ones to be words of the index. */
import { db } from '#lib/platform/db.ts'

const ITEM_NUMBER = /^(?=.*\p{N})[\p{L}\p{N}][\p{L}\p{N}._/-]{2,63}$/u
const MOST_FOUND = 1_000

/** @returns undefined when the text is none, or no product has it */
export async function idsByItemNumber(text: string): Promise<readonly number[] | undefined> {
  const typed = text.trim()
  if (!ITEM_NUMBER.test(typed)) return undefined
  const beginning = `${typed.toLowerCase().replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  const rows = await db().$queryRaw<{ id: number }[]>`
    SELECT id FROM products WHERE lower(sku) LIKE ${beginning} ORDER BY lower(sku) = ${typed.toLowerCase()} DESC, id LIMIT ${MOST_FOUND}`
  return rows.length === 0 ? undefined : rows.map(({ id }) => id)
}
