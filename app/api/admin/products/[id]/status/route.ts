import { changeStatus } from '#lib/pricing/changeStatus.ts'
import { NotFoundError } from '../../../_http/errors.ts'
import { handle } from '../../../_http/handle.ts'
import { json } from '../../../_http/respond.ts'
import { setProductStatus } from '../../../_operations/productStatus.ts'

export const PUT = handle(setProductStatus, async ({ principal, params, body }) => {
  const outcome = await changeStatus({ productId: params.id, ...body }, principal)
  if (!outcome) throw new NotFoundError('product')
  return json(outcome)
})
