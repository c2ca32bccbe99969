import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Suspense } from 'react'
import { accountTarget, type AccountView, readAccount } from '#lib/auth/manageAccounts.ts'
import { disable, enable, makeLink, remove, removeTwoFactor, signOutEverywhere } from '../../../_actions/accounts.ts'
import { PageHead, Section, Stack } from '../../../_components/Layout.tsx'
import { Skeleton } from '../../../_components/States.tsx'
import { requireSession } from '../../../_lib/session.ts'
import { absolute } from '../../../_lib/time.ts'
import { AccountBadge, OnlyAdministrators } from '../AccountTable.tsx'
import { ConfirmButton, RoleForm } from '../AccountForms.tsx'

export const metadata: Metadata = { title: 'Account' }

type Props = PageProps<'/admin/accounts/[id]'>

function Password({ account: { email, state, linkExpiresAt } }: { account: AccountView }) {
  return (
    <Section id="password" title={state === 'invited' ? 'Invitation' : 'Password'} panel="narrow">
      <p>
        {state === 'invited'
          ? 'No password is set yet.'
          : 'A link sets another password. Until it is used, the present one works.'}{' '}
        {linkExpiresAt === null ? 'No link is open.' : `A link is open until ${absolute(new Date(linkExpiresAt))}.`}
      </p>
      <ConfirmButton
        email={email}
        label={linkExpiresAt === null ? 'Make a link' : 'Make another link'}
        action={makeLink}
      />
    </Section>
  )
}

function Sessions({ account }: { account: AccountView }) {
  const { email, sessions } = account
  return (
    <Section id="sessions" title="Sessions" panel="narrow">
      <p>{sessions === 0 ? 'None is open.' : `${sessions} open.`}</p>
      {sessions === 0 ? null : (
        <ConfirmButton email={email} label="Sign out everywhere" confirm="Sign out now" action={signOutEverywhere} />
      )}
    </Section>
  )
}

function SecondFactor({ account: { email } }: { account: AccountView }) {
  return (
    <Section id="two-factor" title="Second factor" panel="narrow">
      <p>Remove it if both the authenticator and the recovery codes are lost.</p>
      <ConfirmButton email={email} label="Remove the second factor" confirm="Remove it now" action={removeTwoFactor} />
    </Section>
  )
}

function Access({ account: { email, state }, own }: { account: AccountView; own: boolean }) {
  return (
    <Section id="access" title={state === 'disabled' ? 'Enable' : 'Disable'} panel="narrow">
      {state === 'disabled' ? (
        <>
          <p>It cannot sign in, and its API tokens are refused.</p>
          <ConfirmButton key="enable" email={email} label="Enable the account" action={enable} />
        </>
      ) : own ? (
        <p>Only another administrator can disable your own account.</p>
      ) : (
        <>
          <p>Ends its sessions and refuses its API tokens at once.</p>
          <ConfirmButton
            key="disable"
            email={email}
            label="Disable the account"
            confirm="Disable it now"
            action={disable}
          />
        </>
      )}
    </Section>
  )
}

function Delete({ account: { email } }: { account: AccountView }) {
  return (
    <Section id="delete" title="Delete" panel="narrow">
      <p>
        Deletes the account for good and signs it out. Its API tokens stop working; its name stays in the history and in
        the audit log.
      </p>
      <ConfirmButton email={email} label="Delete the account" confirm="Delete it now" action={remove} />
    </Section>
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
      <PageHead
        title={account.name}
        lead={
          <>
            {account.email} · {account.role} ·{' '}
            <Link href={`/admin/audit?${new URLSearchParams({ target: accountTarget(account.email) })}`}>Changes</Link>
          </>
        }
      >
        <AccountBadge state={account.state} />
      </PageHead>
      <Stack gap={5}>
        {own || account.state === 'disabled' ? null : (
          <>
            <Section id="role-heading" title="Permissions" panel="narrow">
              <RoleForm email={account.email} role={account.role} />
            </Section>
            <Password account={account} />
          </>
        )}
        {account.twoFactor && !own ? <SecondFactor account={account} /> : null}
        <Sessions account={account} />
        <Access account={account} own={own} />
        {own ? null : <Delete account={account} />}
      </Stack>
    </>
  )
}

export default function AccountPage(props: Props) {
  return (
    <Stack gap={6}>
      <Suspense fallback={<Skeleton rows={6} />}>
        <Account {...props} />
      </Suspense>
    </Stack>
  )
}
