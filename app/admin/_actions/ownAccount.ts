'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { AccountError } from '#lib/auth/errors.ts'
import { changeOwnPassword, endOtherSessions } from '#lib/auth/ownAccount.ts'
import { requireSignedIn } from '#lib/auth/requirePermission.ts'
import { clientAddress } from '#lib/platform/http/clientAddress.ts'
import { explainFailure } from '../_lib/explainFailure.ts'
import { textOf, unstorableField } from '../_lib/params.ts'

export interface PasswordState {
  readonly done?: string
  readonly fields: {
    readonly current?: string
    readonly next?: string
    readonly again?: string
    readonly form?: string
  }
}

export async function changePassword(_previous: PasswordState, form: FormData): Promise<PasswordState> {
  const head = await headers()
  try {
    const session = await requireSignedIn(head)
    const unstorable = unstorableField(form)
    if (unstorable) return { fields: { form: unstorable.message } }
    const [current, next] = [textOf(form, 'current'), textOf(form, 'next')]
    if (current === '') return { fields: { current: 'Enter your current password.' } }
    if (next !== textOf(form, 'again')) return { fields: { again: 'This is not the same as above.' } }
    await changeOwnPassword(session, { current, next }, clientAddress(head))
    refresh()
    return { done: 'Your password is changed. Every other session has ended.', fields: {} }
  } catch (error) {
    if (!(error instanceof AccountError))
      return { fields: { form: explainFailure(error, 'a password was not changed').message } }
    return { fields: { [error.code === 'password_refused' ? 'next' : 'current']: error.message } }
  }
}

export interface SessionsState {
  readonly done?: string
  readonly error?: string
}

export async function signOutElsewhere(_previous: SessionsState, _form: FormData): Promise<SessionsState> {
  try {
    const ended = await endOtherSessions(await requireSignedIn(await headers()))
    refresh()
    return { done: ended === 1 ? 'One session has ended.' : `${ended} sessions have ended.` }
  } catch (error) {
    return { error: explainFailure(error, 'sessions were not ended').message }
  }
}
