import type { Metadata } from 'next'
import { Suspense } from 'react'
import { listAccounts } from '#lib/auth/manageAccounts.ts'
import { Skeleton } from '../../_components/Skeleton.tsx'
import { requireSession } from '../../_lib/session.ts'
import page from '../page.module.css'
import styles from './accounts.module.css'
import { AccountTable } from './AccountTable.tsx'
import { InviteForm } from './InviteForm.tsx'
import { OnlyAdministrators } from './OnlyAdministrators.tsx'

export const metadata: Metadata = { title: 'Accounts' }

async function Accounts() {
  const principal = await requireSession('/admin/accounts')
  if (!principal.permissions.includes('accounts:manage')) return <OnlyAdministrators />
  return (
    <>
      <section aria-labelledby="invite" className={styles.panel}>
        <h2 id="invite">Invite somebody</h2>
        <InviteForm />
      </section>
      <section aria-labelledby="accounts">
        <h2 id="accounts" className={page.heading}>
          Who may sign in
        </h2>
        <AccountTable accounts={await listAccounts(principal)} />
      </section>
    </>
  )
}

export default function AccountsPage() {
  return (
    <div className={page.page}>
      <div>
        <h1 className={page.title}>Accounts</h1>
        <p className="muted">The people of the back office, and what each of them may do.</p>
      </div>
      <Suspense fallback={<Skeleton rows={6} />}>
        <Accounts />
      </Suspense>
    </div>
  )
}
