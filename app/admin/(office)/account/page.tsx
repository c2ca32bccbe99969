import type { Metadata } from 'next'
import { Suspense } from 'react'
import { ownSessions, type SessionView } from '#lib/auth/ownAccount.ts'
import { hasTwoFactor } from '#lib/auth/twoFactor.ts'
import { Notice } from '../../../_ui/Notice.tsx'
import { Skeleton } from '../../_components/Skeleton.tsx'
import { requireOwnSession } from '../../_lib/session.ts'
import styles from '../accounts/accounts.module.css'
import page from '../page.module.css'
import { ChangePassword } from './ChangePassword.tsx'
import { SessionTable } from './SessionTable.tsx'
import { SignOutElsewhere } from './SignOutElsewhere.tsx'
import { TwoFactor } from './TwoFactor.tsx'

export const metadata: Metadata = { title: 'My account' }

function Sessions({ sessions }: { sessions: readonly SessionView[] }) {
  return (
    <section aria-labelledby="sessions">
      <div className={page.top}>
        <h2 id="sessions" className={page.heading}>
          Sessions
        </h2>
        <SignOutElsewhere others={sessions.length - 1} />
      </div>
      <SessionTable sessions={sessions} />
    </section>
  )
}

async function OwnAccount() {
  const session = await requireOwnSession()
  const { owesSecondFactor } = session
  const { name, email, role } = session.principal
  return (
    <>
      <p className="muted">
        {name} · {email} · {role}
      </p>
      {owesSecondFactor ? (
        <Notice tone="warning">
          Your role asks for a second factor. Set one up here: the back office opens when it is on.
        </Notice>
      ) : null}
      <div className={styles.panels}>
        {owesSecondFactor ? null : (
          <section aria-labelledby="password" className={styles.panel}>
            <h2 id="password">Password</h2>
            <ChangePassword email={email} />
          </section>
        )}
        <section aria-labelledby="two-factor" className={styles.panel}>
          <h2 id="two-factor">Second factor</h2>
          <TwoFactor on={await hasTwoFactor(session)} />
        </section>
      </div>
      {owesSecondFactor ? null : <Sessions sessions={await ownSessions(session)} />}
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
