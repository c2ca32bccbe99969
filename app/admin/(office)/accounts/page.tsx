import type { Metadata } from 'next'
import { Suspense } from 'react'
import { listAccounts } from '#lib/auth/manageAccounts.ts'
import { PageHead, Section, Stack } from '../../_components/Layout.tsx'
import { Skeleton } from '../../_components/States.tsx'
import { requireSession } from '../../_lib/session.ts'
import { AccountTable, OnlyAdministrators } from './AccountTable.tsx'
import { InviteForm } from './AccountForms.tsx'

export const metadata: Metadata = { title: 'Accounts' }

async function Accounts() {
  const principal = await requireSession('/admin/accounts')
  if (!principal.permissions.includes('accounts:manage')) return <OnlyAdministrators />
  return (
    <>
      <Section id="invite" title="Invite a colleague" panel="narrow">
        <InviteForm />
      </Section>
      <Section id="accounts" title="All accounts">
        <AccountTable accounts={await listAccounts(principal)} />
      </Section>
    </>
  )
}

export default function AccountsPage() {
  return (
    <Stack gap={6}>
      <PageHead title="Accounts" />
      <Suspense fallback={<Skeleton rows={6} />}>
        <Accounts />
      </Suspense>
    </Stack>
  )
}
