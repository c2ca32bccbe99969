'use server'

import { encodeQR } from 'qr'
import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { AccountError } from '#lib/auth/errors.ts'
import { requireSignedIn } from '#lib/auth/requirePermission.ts'
import {
  beginTwoFactor,
  confirmTwoFactor,
  endTwoFactor,
  newRecoveryCodes,
  type TwoFactorRequest,
} from '#lib/auth/twoFactor.ts'
import { clientAddress } from '#lib/platform/http/clientAddress.ts'
import { applyCookies } from '../_lib/session.ts'
import { explainFailure } from '../_lib/explainFailure.ts'
import { textOf, unstorableField } from '../_lib/params.ts'

/** For the one time that it is shown. */
export interface NewSecret {
  readonly secret: string
  /** A row of the QR code for each; true is dark. */
  readonly rows: readonly (readonly boolean[])[]
}

export interface TwoFactorState {
  /** Set up, and not in use before the first code. */
  readonly setUp?: NewSecret
  readonly recoveryCodes?: readonly string[]
  readonly done?: string
  readonly error?: string
}

/** @param act runs for the signed-in account */
async function act(
  form: FormData,
  act: (request: TwoFactorRequest, typed: string) => Promise<TwoFactorState>,
  before: TwoFactorState = {},
): Promise<TwoFactorState> {
  const head = new Headers(await headers())
  try {
    const session = await requireSignedIn(head, 'enrolment')
    const unstorable = unstorableField(form)
    if (unstorable) return { ...before, error: unstorable.message }
    const typed = textOf(form, 'typed')
    if (typed === '') return { ...before, error: 'Fill in the field.' }
    return await act({ session, headers: head, address: clientAddress(head) }, typed)
  } catch (error) {
    const message =
      error instanceof AccountError ? error.message : explainFailure(error, 'a second factor was not changed').message
    return { ...before, error: message }
  }
}

export async function begin(_previous: TwoFactorState, form: FormData): Promise<TwoFactorState> {
  return act(form, async (request, password) => {
    const { uri, recoveryCodes } = await beginTwoFactor(request, password)
    const secret = new URL(uri).searchParams.get('secret') ?? ''
    return { setUp: { secret, rows: encodeQR(uri, 'raw', { border: 2 }) }, recoveryCodes }
  })
}

export async function confirm(previous: TwoFactorState, form: FormData): Promise<TwoFactorState> {
  return act(
    form,
    async (request, code) => {
      await applyCookies(await confirmTwoFactor(request, code))
      const { recoveryCodes } = previous
      return {
        done: 'Signing in asks for a code from now on. Every other session has ended.',
        ...(recoveryCodes && { recoveryCodes }),
      }
    },
    previous,
  )
}

export async function end(_previous: TwoFactorState, form: FormData): Promise<TwoFactorState> {
  return act(form, async (request, password) => {
    await applyCookies(await endTwoFactor(request, password))
    return { done: 'The second factor is off.' }
  })
}

export async function makeRecoveryCodes(_previous: TwoFactorState, form: FormData): Promise<TwoFactorState> {
  return act(form, async (request, password) => {
    const recoveryCodes = await newRecoveryCodes(request, password)
    refresh()
    return { recoveryCodes, done: 'These are new. The codes from before open nothing any more.' }
  })
}
