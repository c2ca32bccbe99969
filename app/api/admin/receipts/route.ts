import { toWire } from '#lib/money/wire.ts'
import { readReceipts } from '#lib/observability/dashboard/reads.ts'
import { InvalidRequestError } from '../_http/errors.ts'
import { handle } from '../_http/handle.ts'
import { json } from '../_http/respond.ts'
import { listReceiptsOf } from '../_operations/receipts.ts'

/** When each layer showed the edits of a price, or of a bulk edit: `?productId=42&version=8`. */
export const GET = handle(listReceiptsOf, async ({ query }) => {
  if (query.productId === undefined && query.bulkEditId === undefined)
    throw new InvalidRequestError([{ field: 'productId', message: 'Say which product, or which bulk edit.' }])
  const { receipts, nextBefore } = await readReceipts(query)
  return json({ receipts: receipts.map(toWire), nextBefore })
})
