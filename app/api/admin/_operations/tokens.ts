import { z } from 'zod'
import { type ApiTokenView, newApiToken } from '#lib/auth/apiTokens.ts'
import { byId, operation, takesNothing } from './operation.ts'

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

const base = { ...takesNothing, tag: 'tokens', permission: 'tokens:manage' } as const

export const listTokens = operation({
  ...base,
  method: 'GET',
  path: '/api/admin/tokens',
  id: 'listTokens',
  summary: 'Every API token, also revoked ones. A session only: no token manages tokens.',
  answers: { 200: { description: 'The tokens, the newest first', schema: z.object({ tokens: z.array(tokenSchema) }) } },
})

export const createToken = operation({
  ...base,
  method: 'POST',
  path: '/api/admin/tokens',
  id: 'createToken',
  summary: 'Makes an API token. It is shown in this answer and never again.',
  body: newApiToken,
  example: { name: 'price feed', role: 'editor', expiresInDays: 90 },
  answers: {
    201: { description: 'The token, and its row', schema: z.object({ token: z.string(), view: tokenSchema }) },
  },
})

export const revokeToken = operation({
  ...base,
  method: 'DELETE',
  path: '/api/admin/tokens/{id}',
  id: 'revokeToken',
  summary: 'Revokes a token. It is refused from the next request on.',
  params: byId,
  answers: { 200: { description: 'The revoked token', schema: tokenSchema } },
})
