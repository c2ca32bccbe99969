'use server'

import { isAPIError } from 'better-auth/api'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { auth } from '#lib/auth/auth.ts'
import { logger } from '#lib/platform/logger.ts'
import { applyCookies } from '../_lib/cookies.ts'
import { unstorableField } from '../_lib/unstorable.ts'
import { safeNext, signInPath } from '../_lib/session.ts'

export interface SignInState {
  readonly email: string
  readonly error?: string
}

function text(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

/** By its name: the server and Next's bundle each load the library, so the class of the error may be the other's. */
function explain(error: unknown): string {
  if (isAPIError(error) && error.statusCode === 429) return error.message
  // One sentence for both, so that it does not tell which accounts exist.
  if (isAPIError(error) && error.statusCode < 500) return 'The e-mail or the password is wrong.'
  logger('auth').error({ err: error }, 'sign-in failed')
  return 'Signing in does not work right now. Try again in a moment.'
}

export async function signIn(_previous: SignInState, form: FormData): Promise<SignInState> {
  const email = text(form, 'email').trim()
  const password = text(form, 'password')
  const unstorable = unstorableField(form)
  if (unstorable) return { email: '', error: unstorable.message }
  if (email === '' || password === '') return { email, error: 'Enter your e-mail and your password.' }
  try {
    const answer = await auth().api.signInEmail({
      body: { email, password },
      headers: await headers(),
      returnHeaders: true,
    })
    await applyCookies(answer.headers)
  } catch (error) {
    return { email, error: explain(error) }
  }
  redirect(safeNext(text(form, 'next')))
}

export async function signOut(): Promise<void> {
  const answer = await auth().api.signOut({ headers: await headers(), returnHeaders: true })
  await applyCookies(answer.headers)
  redirect(signInPath('/admin'))
}
