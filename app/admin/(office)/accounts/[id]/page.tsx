import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Suspense } from 'react'
import { accountTarget, type AccountView, readAccount } from '#lib/auth/manageAccounts.ts'
import { disable, enable, makeLink, remove, removeTwoFactor, signOutEverywhere } from '../../../_actions/accounts.ts'
import { Skeleton } from '../../../_components/Skeleton.tsx'
import { requireSession } from '../../../_lib/session.ts'
import { absolute } from '../../../_lib/time.ts'
import page from '../../page.module.css'
import styles from '../accounts.module.css'
import { AccountBadge } from '../AccountTable.tsx'
import { ConfirmButton } from '../ConfirmButton.tsx'
import { OnlyAdministrators } from '../OnlyAdministrators.tsx'
import { RoleForm } from '../RoleForm.tsx'

export const metadata: Metadata = { title: 'Account' }

type Props = PageProps<'/admin/accounts/[id]'>

function Password({ account: { email, state, linkExpiresAt } }: { account: AccountView }) {
  return (
    <section aria-labelledby="password" className={styles.panel}>
      <h2 id="password">{state === 'invited' ? 'Invitation' : 'Password'}</h2>
      <p>
        {state === 'invited'
          ? 'Its owner has set no password yet.'
          : 'A link lets its owner set another password where this one is lost. Until then this one works.'}{' '}
        {linkExpiresAt === null ? 'No link is open.' : `A link is open until ${absolute(new Date(linkExpiresAt))}.`}
      </p>
      <ConfirmButton
        email={email}
        label={linkExpiresAt === null ? 'Make a link' : 'Make another link'}
        action={makeLink}
      />
    </section>
  )
}

function Sessions({ account }: { account: AccountView }) {
  const { email, sessions } = account
  return (
    <section aria-labelledby="sessions" className={styles.panel}>
      <h2 id="sessions">Sessions</h2>
      <p>{sessions === 0 ? 'Signed in nowhere.' : `Signed in ${sessions === 1 ? 'once' : `${sessions} times`}.`}</p>
      {sessions === 0 ? null : (
        <ConfirmButton email={email} label="Sign out everywhere" confirm="Sign out now" action={signOutEverywhere} />
      )}
    </section>
  )
}

function SecondFactor({ account: { email } }: { account: AccountView }) {
  return (
    <section aria-labelledby="two-factor" className={styles.panel}>
      <h2 id="two-factor">Second factor</h2>
      <p>It asks for a code. Remove it where its owner has lost both the authenticator and the recovery codes.</p>
      <ConfirmButton email={email} label="Remove the second factor" confirm="Remove it now" action={removeTwoFactor} />
    </section>
  )
}

function Access({ account: { email, state }, own }: { account: AccountView; own: boolean }) {
  return (
    <section aria-labelledby="access" className={styles.panel}>
      <h2 id="access">{state === 'disabled' ? 'Enable' : 'Disable'}</h2>
      {state === 'disabled' ? (
        <>
          <p>It cannot sign in, and its API tokens are refused. Its name stays in the history.</p>
          <ConfirmButton key="enable" email={email} label="Enable the account" action={enable} />
        </>
      ) : own ? (
        <p>This is your own account: another administrator has to do that.</p>
      ) : (
        <>
          <p>Ends its sessions at once and refuses its API tokens. Its name stays in the history.</p>
          <ConfirmButton
            key="disable"
            email={email}
            label="Disable the account"
            confirm="Disable it now"
            action={disable}
          />
        </>
      )}
    </section>
  )
}

function Delete({ account: { email } }: { account: AccountView }) {
  return (
    <section aria-labelledby="delete" className={styles.panel}>
      <h2 id="delete">Delete</h2>
      <p>
        Takes the account away for good, and signs it out. Its name stays in the history and in the log; its API tokens
        stay as names that open nothing.
      </p>
      <ConfirmButton email={email} label="Delete the account" confirm="Delete it now" action={remove} />
    </section>
  )
}

async function Account({ params }: Props) {
  const { id } = await params
  const principal = await requireSession(`/admin/accounts/${encodeURIComponent(id)}`)
  if (!principal.permissions.includes('accounts:manage')) return <OnlyAdministrators />
  const account = await readAccount(id, principal)
  if (!account) notFound()
  const own = account.id === principal.userId
  return (
    <>
      <div>
        <div className={page.top}>
          <h1 className={page.title}>{account.name}</h1>
          <AccountBadge state={account.state} />
        </div>
        <p className="muted">
          {account.email} · {account.role} ·{' '}
          <Link href={`/admin/audit?${new URLSearchParams({ target: accountTarget(account.email) })}`}>
            What was changed
          </Link>
        </p>
      </div>
      <div className={styles.panels}>
        {own || account.state === 'disabled' ? null : (
          <>
            <section aria-labelledby="role-heading" className={styles.panel}>
              <h2 id="role-heading">What it may do</h2>
              <RoleForm email={account.email} role={account.role} />
            </section>
            <Password account={account} />
          </>
        )}
        {account.twoFactor && !own ? <SecondFactor account={account} /> : null}
        <Sessions account={account} />
        <Access account={account} own={own} />
        {own ? null : <Delete account={account} />}
      </div>
    </>
  )
}

export default function AccountPage(props: Props) {
  return (
    <div className={page.page}>
      <Suspense fallback={<Skeleton rows={6} />}>
        <Account {...props} />
      </Suspense>
    </div>
  )
}
