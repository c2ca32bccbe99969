import { toWire } from '#lib/money/wire.ts'
import { editHistory, type HistoryPage, priceHistory } from '#lib/pricing/history.ts'
import { InvalidRequestError } from '../../_http/errors.ts'
import { handle } from '../../_http/handle.ts'
import { json } from '../../_http/respond.ts'
import { readHistory } from '../../_operations/prices.ts'

const answer = ({ entries, ...rest }: HistoryPage) => ({ entries: entries.map(toWire), ...rest })

/** The history of one price, or of a bulk edit, the newest first: `?productId=42`, older pages with `&before=7`. */
export const GET = handle(readHistory, async ({ query: { productId, bulkEditId, before } }) => {
  if (bulkEditId !== undefined) return json(answer(await editHistory(bulkEditId, { productId, before })))
  if (productId === undefined)
    throw new InvalidRequestError([{ field: 'productId', message: 'Say which product, or which bulk edit.' }])
  return json(answer(await priceHistory(productId, { before })))
})
