import { changeStock } from '#lib/pricing/stock/changeStock.ts'
import { NotFoundError } from '../../../_http/errors.ts'
import { handle } from '../../../_http/handle.ts'
import { json } from '../../../_http/respond.ts'
import { setProductStock } from '../../../_operations/productStock.ts'

export const PUT = handle(setProductStock, async ({ principal, params, body }) => {
  const outcome = await changeStock({ productId: params.id, ...body }, principal)
  if (!outcome) throw new NotFoundError('product')
  return json(outcome, outcome.status === 'conflict' ? 409 : 200)
})
