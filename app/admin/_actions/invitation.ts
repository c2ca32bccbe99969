'use server'

import { AccountError } from '#lib/auth/errors.ts'
import { readLink, setPasswordByLink } from '#lib/auth/invitations.ts'
import { logger } from '#lib/platform/logger.ts'
import { textOf, unstorableField } from '../_lib/params.ts'

export interface InvitationState {
  /** Nothing yet, whose link it is, or that it has ended or was used just now. */
  readonly kind: 'asked' | 'open' | 'ended' | 'set'
  readonly token: string
  readonly email?: string
  readonly fields: { readonly next?: string; readonly again?: string; readonly form?: string }
}

function failed(error: unknown, before: InvitationState): InvitationState {
  if (error instanceof AccountError)
    return error.code === 'link_ended'
      ? { kind: 'ended', token: '', fields: {} }
      : { ...before, fields: { next: error.message } }
  logger('auth').error({ err: error }, 'a link was not used')
  return { ...before, fields: { form: 'Something went wrong on our side. Try again in a moment.' } }
}

/** Returns the e-mail of a link, so that the browser keeps the password under that name. */
export async function open(previous: InvitationState, form: FormData): Promise<InvitationState> {
  const token = textOf(form, 'token')
  try {
    const owner = await readLink(token)
    return owner ? { kind: 'open', token, email: owner.email, fields: {} } : { kind: 'ended', token: '', fields: {} }
  } catch (error) {
    return failed(error, previous)
  }
}

export async function setPassword(_previous: InvitationState, form: FormData): Promise<InvitationState> {
  const [token, email, next] = [textOf(form, 'token'), textOf(form, 'email'), textOf(form, 'next')]
  const before = { kind: 'open', token, email, fields: {} } as const
  const unstorable = unstorableField(form)
  if (unstorable) return { ...before, fields: { form: unstorable.message } }
  if (next !== textOf(form, 'again')) return { ...before, fields: { again: 'This is not the same as above.' } }
  try {
    await setPasswordByLink(token, next)
    return { kind: 'set', token: '', email, fields: {} }
  } catch (error) {
    return failed(error, before)
  }
}
