/** Products by the beginning of their item number (SKU): too many different ones to be words of the index. */
import { db } from '#lib/platform/db.ts'

const ITEM_NUMBER = /^(?=.*\p{N})[\p{L}\p{N}][\p{L}\p{N}._/ -]{2,63}$/u
const MOST_FOUND = 1_000

/** With hyphens where people write a blank or nothing, and without those that they put in. */
const otherSpellings = (number: string): string[] => [
  number.replaceAll(' ', '-'),
  number.replaceAll(/(?<=\p{L})(?=\p{N})/gu, '-'),
  number.replaceAll(/[ -]/g, ''),
]

/** @returns undefined when the text is none, or no product has it */
export async function idsByItemNumber(text: string): Promise<readonly number[] | undefined> {
  const typed = text.trim()
  if (!ITEM_NUMBER.test(typed)) return undefined
  const lower = typed.toLowerCase()
  const beginning = `${lower.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  const rows = await db().$queryRaw<{ id: number }[]>`
    SELECT id FROM products WHERE lower(sku) LIKE ${beginning} OR lower(sku) = ANY(${otherSpellings(lower)}::text[])
    ORDER BY lower(sku) = ${lower} DESC, id LIMIT ${MOST_FOUND}`
  return rows.length === 0 ? undefined : rows.map(({ id }) => id)
}
