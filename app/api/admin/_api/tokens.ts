/** API tokens. */
import { z } from 'zod'
import { type ApiTokenView, createApiToken, listApiTokens, newApiToken, revokeApiToken } from '#lib/auth/apiTokens.ts'
import { answer, api, byId, endpoint, json } from './endpoint.ts'
import { NotFoundError } from './http/errors.ts'
import { reply } from './reply.ts'

const time = z.iso.datetime()
const tokenSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  lastFour: z.string(),
  role: newApiToken.shape.role,
  createdBy: z.string().nullable().meta({ description: 'null once the account was deleted' }),
  createdAt: time,
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable(),
  revokedAt: time.nullable(),
  usable: z.boolean(),
}) satisfies z.ZodType<ApiTokenView>

export const tokens = api()
  .openapi(
    endpoint({
      method: 'get',
      path: '/tokens',
      operationId: 'listTokens',
      tag: 'tokens',
      summary: 'Every API token, also revoked ones. A session only: no token manages tokens.',
      permission: 'tokens:manage',
      responses: { 200: answer('The tokens, the newest first', z.object({ tokens: z.array(tokenSchema) })) },
    }),
    async (c) => reply(c, { tokens: await listApiTokens(c.var.principal) }, 200),
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/tokens',
      operationId: 'createToken',
      tag: 'tokens',
      summary: 'Makes an API token. It is shown in this answer and never again.',
      permission: 'tokens:manage',
      request: { body: json(newApiToken, { name: 'price feed', role: 'editor', expiresInDays: 90 }) },
      responses: { 201: answer('The token, and its row', z.object({ token: z.string(), view: tokenSchema })) },
    }),
    async (c) => reply(c, await createApiToken(c.req.valid('json'), c.var.principal), 201),
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/tokens/{id}',
      operationId: 'revokeToken',
      tag: 'tokens',
      summary: 'Revokes a token. It is refused from the next request on.',
      permission: 'tokens:manage',
      request: { params: byId },
      responses: { 200: answer('The revoked token', tokenSchema) },
    }),
    async (c) => {
      const token = await revokeApiToken(c.req.valid('param').id, c.var.principal)
      if (!token) throw new NotFoundError('token')
      return reply(c, token, 200)
    },
  )
