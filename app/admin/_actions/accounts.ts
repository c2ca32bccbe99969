'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { AccountError } from '#lib/auth/errors.ts'
import { inviteAccount, newLink } from '#lib/auth/invitations.ts'
import {
  changeRole,
  deleteAccount,
  disableAccount,
  enableAccount,
  endSessions,
  resetTwoFactor,
} from '#lib/auth/manageAccounts.ts'
import { requirePermission, type Principal } from '#lib/auth/requirePermission.ts'
import { explainFailure } from '../_lib/explainFailure.ts'
import { textOf, unstorableField } from '../_lib/params.ts'

export interface AccountState {
  readonly done?: string
  /** Shown this once. */
  readonly link?: { readonly email: string; readonly url: string }
  readonly error?: string
}

/** @param act returns the answer of the form */
async function manage(
  form: FormData,
  act: (email: string, admin: Principal) => Promise<AccountState>,
): Promise<AccountState> {
  try {
    const admin = await requirePermission(await headers(), 'accounts:manage')
    const unstorable = unstorableField(form)
    if (unstorable) return { error: unstorable.message }
    const state = await act(textOf(form, 'email'), admin)
    refresh()
    return state
  } catch (error) {
    if (error instanceof AccountError) return { error: error.message }
    return { error: explainFailure(error, 'an account was not changed').message }
  }
}

export async function disable(_previous: AccountState, form: FormData): Promise<AccountState> {
  return manage(form, async (email, admin) => {
    await disableAccount(email, admin)
    return { done: 'Disabled. Its sessions have ended.' }
  })
}

export async function enable(_previous: AccountState, form: FormData): Promise<AccountState> {
  return manage(form, async (email, admin) => {
    await enableAccount(email, admin)
    return { done: 'Enabled. It may sign in again.' }
  })
}

/** Deletes the account, and leads to the list: its page is gone. */
export async function remove(_previous: AccountState, form: FormData): Promise<AccountState> {
  const state = await manage(form, async (email, admin) => {
    await deleteAccount(email, admin)
    return {}
  })
  return state.error === undefined ? redirect('/admin/accounts') : state
}

export async function signOutEverywhere(_previous: AccountState, form: FormData): Promise<AccountState> {
  return manage(form, async (email, admin) => {
    await endSessions(email, admin)
    return { done: 'Its sessions have ended.' }
  })
}

export async function removeTwoFactor(_previous: AccountState, form: FormData): Promise<AccountState> {
  return manage(form, async (email, admin) => {
    await resetTwoFactor(email, admin)
    return { done: 'The password alone signs in again. Its sessions have ended.' }
  })
}

export async function setRole(_previous: AccountState, form: FormData): Promise<AccountState> {
  return manage(form, async (email, admin) => {
    const { role } = await changeRole(email, textOf(form, 'role'), admin)
    return { done: `Its role is ${role}.` }
  })
}

export async function invite(_previous: AccountState, form: FormData): Promise<AccountState> {
  return manage(form, async (email, admin) => {
    const { account, url } = await inviteAccount(
      { email, name: textOf(form, 'name'), role: textOf(form, 'role') },
      admin,
    )
    return { link: { email: account.email, url } }
  })
}

export async function makeLink(_previous: AccountState, form: FormData): Promise<AccountState> {
  return manage(form, async (email, admin) => {
    const { account, url } = await newLink(email, admin)
    return { link: { email: account.email, url } }
  })
}
