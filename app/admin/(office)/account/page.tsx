import type { Metadata } from 'next'
import { Suspense } from 'react'
import { ownSessions } from '#lib/auth/ownAccount.ts'
import { hasTwoFactor } from '#lib/auth/twoFactor.ts'
import { Skeleton } from '../../_components/Skeleton.tsx'
import { requireOwnSession } from '../../_lib/session.ts'
import styles from '../accounts/accounts.module.css'
import page from '../page.module.css'
import { ChangePassword } from './ChangePassword.tsx'
import { SessionTable } from './SessionTable.tsx'
import { SignOutElsewhere } from './SignOutElsewhere.tsx'
import { TwoFactor } from './TwoFactor.tsx'

export const metadata: Metadata = { title: 'My account' }

async function OwnAccount() {
  const session = await requireOwnSession('/admin/account')
  const { name, email, role } = session.principal
  const sessions = await ownSessions(session)
  return (
    <>
      <p className="muted">
        {name} · {email} · {role}
      </p>
      <div className={styles.panels}>
        <section aria-labelledby="password" className={styles.panel}>
          <h2 id="password">Password</h2>
          <ChangePassword email={email} />
        </section>
        <section aria-labelledby="two-factor" className={styles.panel}>
          <h2 id="two-factor">Second factor</h2>
          <TwoFactor on={await hasTwoFactor(session)} />
        </section>
      </div>
      <section aria-labelledby="sessions">
        <div className={page.top}>
          <h2 id="sessions" className={page.heading}>
            Sessions
          </h2>
          <SignOutElsewhere others={sessions.length - 1} />
        </div>
        <SessionTable sessions={sessions} />
      </section>
    </>
  )
}

export default function OwnAccountPage() {
  return (
    <div className={page.page}>
      <h1 className={page.title}>My account</h1>
      <Suspense fallback={<Skeleton rows={6} />}>
        <OwnAccount />
      </Suspense>
    </div>
  )
}
