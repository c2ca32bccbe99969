import { revokeApiToken } from '#lib/auth/apiTokens.ts'
import { NotFoundError } from '../../_http/errors.ts'
import { handle } from '../../_http/handle.ts'
import { json } from '../../_http/respond.ts'
import { revokeToken } from '../../_operations/tokens.ts'

export const DELETE = handle(revokeToken, async ({ principal, params }) => {
  const token = await revokeApiToken(params.id, principal)
  if (!token) throw new NotFoundError('token')
  return json(token)
})
