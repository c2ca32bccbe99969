import { renameProduct } from '#lib/pricing/renameProduct.ts'
import { NotFoundError } from '../../../_http/errors.ts'
import { handle } from '../../../_http/handle.ts'
import { json } from '../../../_http/respond.ts'
import { setProductSlug } from '../../../_operations/productSlug.ts'

export const PUT = handle(setProductSlug, async ({ principal, params, body }) => {
  const outcome = await renameProduct({ productId: params.id, ...body }, principal)
  if (!outcome) throw new NotFoundError('product')
  return json(outcome)
})
