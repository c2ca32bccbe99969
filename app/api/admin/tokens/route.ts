import { createApiToken, listApiTokens } from '#lib/auth/apiTokens.ts'
import { handle } from '../_http/handle.ts'
import { json } from '../_http/respond.ts'
import { createToken, listTokens } from '../_operations/tokens.ts'

export const GET = handle(listTokens, async ({ principal }) => json({ tokens: await listApiTokens(principal) }))

export const POST = handle(createToken, async ({ principal, body }) => json(await createApiToken(body, principal), 201))
