'use server'

import { isAPIError } from 'better-auth/api'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { auth } from '#lib/auth/auth.ts'
import { logger } from '#lib/platform/logger.ts'
import { applyCookies, safeNext, signInPath } from '../_lib/session.ts'
import { textOf, unstorableField } from '../_lib/params.ts'

export interface SignInState {
  readonly email: string
  /** The password was right, and the account asks for a code. */
  readonly asksCode?: true
  readonly error?: string
}

/** By its name: the server and Next's bundle each load the library, so the class of the error may be the other's. */
function explain(error: unknown): string {
  if (isAPIError(error) && (error.statusCode === 429 || error.statusCode === 403)) return error.message
  // One sentence for both, so that it does not tell which accounts exist.
  if (isAPIError(error) && error.statusCode < 500) return 'The e-mail or the password is wrong.'
  logger('auth').error({ err: error }, 'sign-in failed')
  return 'Signing in does not work right now. Try again in a moment.'
}

export async function signIn(_previous: SignInState, form: FormData): Promise<SignInState> {
  const email = textOf(form, 'email').trim()
  const password = textOf(form, 'password')
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
    if ('twoFactorRedirect' in answer.response) return { email, asksCode: true }
  } catch (error) {
    return { email, error: explain(error) }
  }
  redirect(safeNext(textOf(form, 'next')))
}

function explainCode(error: unknown): string {
  if (isAPIError(error) && error.statusCode === 429) return 'Too many wrong codes. Try again in a quarter of an hour.'
  if (isAPIError(error) && error.statusCode === 400)
    return 'Too many wrong codes, or too much time has passed. Load the page and begin again.'
  if (isAPIError(error) && error.statusCode < 500)
    return 'This code is wrong, or was used already. The authenticator shows the next one within half a minute.'
  logger('auth').error({ err: error }, 'sign-in failed')
  return 'Signing in does not work right now. Try again in a moment.'
}

/** The second step: six digits are a code of the authenticator, everything else a recovery code. */
export async function confirmCode(previous: SignInState, form: FormData): Promise<SignInState> {
  const code = textOf(form, 'code').replaceAll(/\s/g, '')
  const unstorable = unstorableField(form)
  if (unstorable) return { ...previous, error: unstorable.message }
  if (code === '') return { ...previous, error: 'Enter the code.' }
  try {
    const request = { body: { code }, headers: await headers(), returnHeaders: true } as const
    const { api } = auth()
    const answer = await (/^\d{6}$/.test(code) ? api.verifyTOTP(request) : api.verifyBackupCode(request))
    await applyCookies(answer.headers)
  } catch (error) {
    return { ...previous, error: explainCode(error) }
  }
  redirect(safeNext(textOf(form, 'next')))
}

export async function signOut(): Promise<void> {
  const answer = await auth().api.signOut({ headers: await headers(), returnHeaders: true })
  await applyCookies(answer.headers)
  redirect(signInPath('/admin'))
}
