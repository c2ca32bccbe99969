'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { createApiToken, newApiToken, revokeApiToken } from '#lib/auth/apiTokens.ts'
import { isAccessError, TokenNameTakenError } from '#lib/access/errors.ts'
import { requirePermission } from '#lib/auth/requirePermission.ts'
import { logger } from '#lib/platform/logger.ts'
import { unstorableField } from '../_lib/params.ts'

export type CreateTokenState =
  | { readonly kind: 'idle' }
  /** The only time that the token is shown. */
  | { readonly kind: 'created'; readonly token: string; readonly name: string }
  | { readonly kind: 'refused'; readonly fields: { readonly name?: string; readonly form?: string } }

function explain(error: unknown): string {
  if (isAccessError(error)) return error.message
  logger('admin').error({ err: error }, 'a token was not changed')
  return 'Something went wrong on our side. Try again in a moment.'
}

export async function createToken(_previous: CreateTokenState, form: FormData): Promise<CreateTokenState> {
  try {
    const admin = await requirePermission(await headers(), 'tokens:manage')
    const unstorable = unstorableField(form)
    if (unstorable)
      return { kind: 'refused', fields: { [unstorable.field === 'name' ? 'name' : 'form']: unstorable.message } }
    const days = form.get('expires')
    const input = newApiToken.safeParse({
      name: form.get('name'),
      role: form.get('role'),
      ...(days !== 'never' && { expiresInDays: Number(days) }),
    })
    if (!input.success) {
      const [issue] = input.error.issues
      return { kind: 'refused', fields: { [issue?.path[0] === 'name' ? 'name' : 'form']: issue?.message } }
    }
    const { token, view } = await createApiToken(input.data, admin)
    refresh()
    return { kind: 'created', token, name: view.name }
  } catch (error) {
    if (error instanceof TokenNameTakenError) return { kind: 'refused', fields: { name: error.message } }
    return { kind: 'refused', fields: { form: explain(error) } }
  }
}

export type RevokeTokenState = { readonly error?: string }

export async function revokeToken(_previous: RevokeTokenState, form: FormData): Promise<RevokeTokenState> {
  try {
    const admin = await requirePermission(await headers(), 'tokens:manage')
    const id = form.get('id')
    if (typeof id === 'string') await revokeApiToken(id, admin)
    refresh()
    return {}
  } catch (error) {
    return { error: explain(error) }
  }
}
